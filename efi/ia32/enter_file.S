/*
 * enter_file.S - from 32-bit UEFI to the 32-bit entry of the Linux boot protocol.
 */
#define CR0_PG		0x80000000
#define BOOT_CS		0x10			/* the selectors that boot.rst wants */
#define BOOT_DS		0x18

/*
 * void enter_file(uint32_t entry, void *boot_params)
 *
 * Called with boot services gone and interrupts off, on the firmware's stack, memory mapped where it is.
 * Enters `entry` with paging off, flat segments, %esi = boot_params and %ebp, %edi, %ebx clear.
 */
	.text
	.code32
	.globl	enter_file
enter_file:
	mov	4(%esp), %edx
	mov	8(%esp), %esi

	/* A descriptor table on the stack: null twice, code, data, each with 4 GiB. */
	push	$0x00cf9300
	push	$0x0000ffff
	push	$0x00cf9b00
	push	$0x0000ffff
	push	$0
	push	$0
	push	$0
	push	$0
	mov	%esp, %eax
	push	%eax
	pushw	$31
	lgdt	(%esp)
	mov	$BOOT_DS, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %fs
	mov	%eax, %gs
	mov	%eax, %ss

	mov	%cr0, %eax
	and	$~CR0_PG, %eax
	mov	%eax, %cr0
	xor	%ebp, %ebp
	xor	%edi, %edi
	xor	%ebx, %ebx
	push	$BOOT_CS
	push	%edx
	lret

	.section .note.GNU-stack, "", @progbits
