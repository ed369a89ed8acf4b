/*
 * enter_kernel.S - the switch to the final address space, and the stack the kernel runs on.
 */
	.text
	.globl	enter_kernel
/*
 * In:  %rdi = physical address of the top page table, %rsi = stack, %rdx = entry, both at final addresses;
 *      this code is mapped at the same address on both sides. Interrupts off.
 * Out: at %rdx, %rsp 16-byte aligned as after a call, frame pointer 0. Everything else undefined.
 */
enter_kernel:
	cli
	cld
	mov	%rdi, %cr3
	mov	%rsi, %rsp
	xor	%ebp, %ebp
	push	%rbp				/* a return address that ends every backtrace */
	jmp	*%rdx

	.section .noinit, "aw", @nobits
	.balign	4096
	.globl	kernel_stack_guard, kernel_stack, kernel_stack_top
kernel_stack_guard:				/* never mapped: an overflow faults */
	.skip	4096
kernel_stack:
	.skip	32768
kernel_stack_top:

	.section .note.GNU-stack, "", @progbits
