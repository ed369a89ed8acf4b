/*
 * fonts.S - the two fonts, PSF2 files made by mkfont.py from Debian's fonts-spleen; the larger one packed by deflate.py.
 */
	.section .rodata
	.globl	font_8x16, font_8x16_end, font_16x32_packed, font_16x32_packed_end
	.balign	8
font_8x16:
	.incbin	"spleen-8x16.psf"
font_8x16_end:
font_16x32_packed:
	.incbin	"spleen-16x32.packed"
font_16x32_packed_end:

	.section .note.GNU-stack, "", @progbits
