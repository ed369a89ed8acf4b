/*
 * e820.S - a boot sector that tells the BIOS's memory map on COM1 and halts: "base size type attributes", hexadecimal.
 *
 * Entered by the BIOS at 0x7c00 in real mode. An instrument, not a product: no error is handled, carry or EBX = 0
 * ends the list (ACPI 6.5, 15.1).
 */
#define COM1	0x3f8
#define SMAP	0x534d4150
#define ENTRY	0x8000

	.code16
	.globl	_start
_start:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7c00, %sp
	ljmp	$0, $1f
1:	sti
	xorl	%ebx, %ebx
next:
	movl	$1, ENTRY + 20
	movl	$0xe820, %eax
	movl	$SMAP, %edx
	movl	$24, %ecx
	movw	$ENTRY, %di
	int	$0x15
	jc	done
	movw	$ENTRY + 7, %si
	movw	$8, %cx
	call	put_number
	movw	$ENTRY + 15, %si
	movw	$8, %cx
	call	put_number
	movw	$ENTRY + 19, %si
	movw	$4, %cx
	call	put_number
	movw	$ENTRY + 23, %si
	movw	$4, %cx
	call	put_number
	movb	$'\n', %al
	call	put
	testl	%ebx, %ebx
	jnz	next
done:
	cli
	hlt
	jmp	done

/* A little-endian number of %cx bytes whose last byte is at %si, and a blank. */
put_number:
	movb	(%si), %al
	shrb	$4, %al
	call	put_digit
	movb	(%si), %al
	andb	$15, %al
	call	put_digit
	decw	%si
	loop	put_number
	movb	$' ', %al
	jmp	put

put_digit:
	addb	$'0', %al
	cmpb	$'9', %al
	jbe	put
	addb	$'a' - '9' - 1, %al

/* %al to COM1. */
put:
	pushw	%ax
	movw	$COM1 + 5, %dx
1:	inb	%dx, %al
	testb	$0x20, %al
	jz	1b
	popw	%ax
	movw	$COM1, %dx
	outb	%al, %dx
	ret

	.org	0x1be, 0
	.byte	0x80, 1, 1, 0, 0x0c, 0xfe, 0xff, 0xff	/* one active partition, as BIOSes want to see */
	.long	2048, 2048
	.org	0x1fe, 0
	.word	0xaa55
