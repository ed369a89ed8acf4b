/*
 * trap_entry.S - one stub for each exception, and the common end of all vectors.
 *
 * Entered by the CPU through the IDT: 64-bit mode, interrupts off, an interrupt frame on the stack, for some
 * exceptions with an error code. Saves every register as struct trap_frame (traps.h) and calls trap(), with the
 * direction flag clear as C has it; behind an interrupt it restores them all and goes on where that came, its
 * flags with it. Below %rsp the interrupted code keeps nothing: the kernel has no red zone.
 */
#include "kernel/cpu/trap_stubs.inc"

#define VECTORS_WITH_ERROR_CODE	0x60227d00	/* 8, 10-14, 17, 21, 29, 30 */

	.text
	.balign	16
	.globl	trap_stubs, trap_common
trap_stubs:
	TRAP_STUBS 0, 32

/* In: (%rsp) = vector - 128, then the error code if this vector has one, then the CPU's frame. */
trap_common:
	cld
	xchg	%rax, (%rsp)			/* %rax = vector - 128, its old value on the stack */
	sub	$-128, %rax
	cmp	$32, %rax
	jae	1f
	push	%rcx
	mov	%eax, %ecx
	push	%rax
	mov	$VECTORS_WITH_ERROR_CODE, %eax
	shr	%cl, %eax
	test	$1, %al
	pop	%rax
	pop	%rcx
	jnz	2f
1:	/* No error code: the old %rax goes one down, a zero takes its place. */
	push	(%rsp)
	movq	$0, 8(%rsp)
2:	/* (%rsp) = old %rax, 8(%rsp) = error code, CPU's frame. */
	push	%rcx
	push	%rdx
	push	%rbx
	push	%rbp
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rax				/* vector */
	mov	%rsp, %rdi
	xor	%ebp, %ebp
	and	$-16, %rsp
	mov	%rdi, %rbx
	call	trap
	mov	%rbx, %rsp
	pop	%rax
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rbp
	pop	%rbx
	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$8, %rsp			/* error code */
	iretq

	.section .note.GNU-stack, "", @progbits
