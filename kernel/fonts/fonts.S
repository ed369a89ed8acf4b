/*
 * fonts.S - the two fonts, PSF2 files made by mkfont.py from Debian's fonts-spleen.
 */
	.section .rodata
	.globl	font_8x16, font_8x16_end, font_16x32, font_16x32_end
	.balign	8
font_8x16:
	.incbin	"spleen-8x16.psf"
font_8x16_end:
	.balign	8
font_16x32:
	.incbin	"spleen-16x32.psf"
font_16x32_end:

	.section .note.GNU-stack, "", @progbits
