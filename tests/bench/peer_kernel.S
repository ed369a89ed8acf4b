/*
 * peer_kernel.S - the smallest kernel GRUB starts, for comparison: a banner, one byte on COM1, the end.
 *
 * Entered by multiboot2 in 32-bit protected mode, flat segments, no paging, EBX = boot information (Multiboot2
 * Specification 2.0, 3.3). Built twice: with -DFRAMEBUFFER it asks for one and paints two pixels of different colours,
 * without it writes to VGA text memory.
 */
#define MAGIC		0xe85250d6
#define TAG_FRAMEBUFFER	5
#define INFO_FRAMEBUFFER 8
#define VGA_TEXT	0xb8000
#define WHITE_ON_BLACK	0x07
#define COM1		0x3f8

	.section .text, "ax"
	.code32
	.balign	8
header:
	.long	MAGIC, 0, header_end - header, -(MAGIC + header_end - header)
#ifdef FRAMEBUFFER
	.short	TAG_FRAMEBUFFER, 0
	.long	20, 0, 0, 32			/* whatever size there is, 32 bits a pixel */
	.balign	8
#endif
	.short	0, 0
	.long	8
header_end:

	.globl	start
start:
#ifdef FRAMEBUFFER
	leal	8(%ebx), %esi			/* the first tag */
1:	cmpl	$INFO_FRAMEBUFFER, (%esi)
	je	2f
	movl	4(%esi), %eax			/* its size, without padding */
	leal	7(%esi, %eax), %esi
	andl	$-8, %esi
	jmp	1b
2:	movl	8(%esi), %edi			/* the framebuffer, below 4 GiB */
	movl	$0x00101010, (%edi)
	movl	$0x00ffffff, 4(%edi)
#else
	movl	$VGA_TEXT, %edi
	movl	$banner, %esi
	movb	$WHITE_ON_BLACK, %ah
1:	lodsb
	stosw
	cmpl	$banner_end, %esi
	jne	1b
#endif
	movw	$COM1, %dx
	movb	$'P', %al
	outb	%al, %dx
2:	cli
	hlt
	jmp	2b

#ifndef FRAMEBUFFER
banner:
	.ascii	"Peer kernel"
banner_end:
#endif
	.section .note.GNU-stack, "", @progbits
