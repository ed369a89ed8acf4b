/*
 * setup_entry.S - first and last instructions of the image's own 16-bit setup code.
 *
 * Entered from the jump at 0x200 in real mode, as Linux boot.rst ("Running the Kernel") says: %ds = segment of
 * the setup part, %cs = that + 0x20, some stack. Calls setup_main() with %cs = %ds = %es = %ss, the stack at the
 * end of the heap that the loader grants, .bss clear. Leaves through protected_mode_jump.
 */
#define LOADFLAGS	0x211
#define HEAP_END_PTR	0x224
#define CAN_USE_HEAP	0x80
#define HEAP_DEFAULT	0x9000			/* end, where the loader does not say */

#define CR0_PE		0x01

	.code16
	.section .text.setup_entry, "ax"
	.globl	setup_entry
setup_entry:
	cli
	cld
	pushw	%ds				/* offsets count from the setup part, not from 0x200 */
	pushw	$1f
	lretw
1:	mov	%ds, %ax
	mov	%ax, %es
	mov	$HEAP_DEFAULT, %cx
	testb	$CAN_USE_HEAP, LOADFLAGS
	jz	2f
	movw	HEAP_END_PTR, %cx
	addw	$0x200, %cx			/* the protocol counts the heap's end less 0x200 */
	jnc	2f
	mov	$0xfffc, %cx
2:	andw	$0xfffc, %cx
	mov	%ax, %ss
	movzwl	%cx, %esp
	mov	$setup_bss_start, %di
	mov	$setup_bss_end, %cx
	sub	%di, %cx
	shr	$2, %cx
	xor	%eax, %eax
	rep stosl
	movzwl	%sp, %eax
	mov	%eax, heap_end
	sti
	calll	setup_main
	/* Not reached: setup_main does not return. */

/*
 * void protected_mode_jump(uint32_t entry, uint32_t boot_params): no return.
 * In:  %eax = linear address of the 32-bit entry, %edx = that of boot_params; real mode, %ds = %cs.
 * Out: as boot.rst, "32-bit Boot Protocol": flat segments 0x10 and 0x18, %esi = boot_params, paging and interrupts
 *      off, %ebp, %edi, %ebx clear.
 */
	.section .text
	.globl	protected_mode_jump
protected_mode_jump:
	cli
	mov	%edx, %esi
	xor	%ebx, %ebx
	mov	%cs, %bx
	shl	$4, %ebx
	addl	%ebx, gdt_pointer + 2
	addl	%ebx, 1f + 2			/* the target of the jump below */
	lgdtl	gdt_pointer
	mov	%cr0, %edx
	or	$CR0_PE, %dl
	mov	%edx, %cr0
1:	.byte	0x66, 0xea			/* ljmpl $0x10, $2f: straight after the mode switch (SDM vol. 3A, 9.9.1) */
	.long	2f
	.word	0x10
	.code32
2:	mov	$0x18, %ecx
	mov	%ecx, %ds
	mov	%ecx, %es
	mov	%ecx, %fs
	mov	%ecx, %gs
	mov	%ecx, %ss
	xor	%ebx, %ebx
	xor	%edi, %edi
	xor	%ebp, %ebp
	jmp	*%eax

	.section .data
	.balign	8
gdt:	.quad	0, 0
	.quad	0x00cf9b000000ffff		/* 0x10: flat code */
	.quad	0x00cf93000000ffff		/* 0x18: flat data */
gdt_pointer:
	.word	4 * 8 - 1
	.long	gdt

	.section .note.GNU-stack, "", @progbits
