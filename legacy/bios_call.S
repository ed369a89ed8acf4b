/*
 * bios_call.S - bios_int(), see bios.h.
 *
 * Called from 16-bit C (32-bit return address on the stack) in real mode, any CS, DS = ES = SS.
 */
#include "legacy/bios.h"

#define FLAGS_INTERRUPT	0x0200
#define SAVED_EDX	(6 + 20)		/* of PUSHAL, below three words */

	.code16
	.section .text.bios_int, "ax"
	.globl	bios_int
/*
 * in:       %al = vector, %edx = struct bios_regs *
 * out:      *%edx
 * clobbers: none
 */
bios_int:
	pushal
	pushfw
	pushw	%fs
	pushw	%gs

	/* What the handler's IRET takes back: flags, CS and, by the call, IP. No INT: CS need not be writable. */
	movw	BIOS_REGS_BYTES - 2(%edx), %cx
	orw	$FLAGS_INTERRUPT, %cx
	pushw	%cx
	pushw	%cs
	callw	bios_enter

	/* Only SS:SP can be trusted now; some BIOSes spoil the upper half of %esp. */
	pushfw
	pushw	%ss				/* padding */
	pushw	%ds
	pushw	%es
	pushal
	cld
	movw	%ss, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movzwl	%sp, %esp
	movl	%esp, %esi
	movl	BIOS_REGS_BYTES + SAVED_EDX(%esp), %edi
	movw	$BIOS_REGS_BYTES / 4, %cx
	rep movsl
	movw	%si, %sp

	popw	%gs
	popw	%fs
	popfw
	popal
	retl

/*
 * Enters the handler as INT would, interrupts off.
 *
 * in:       %al = vector, %edx = struct bios_regs *
 * out:      registers and flags from *%edx; the handler's address is taken from the stack
 */
bios_enter:
	xorw	%cx, %cx
	movw	%cx, %fs
	movzbl	%al, %eax
	pushl	%fs:(, %eax, 4)
	subw	$BIOS_REGS_BYTES, %sp
	movw	%sp, %di
	movw	%dx, %si
	movw	$BIOS_REGS_BYTES / 4, %cx
	rep movsl
	popal
	popw	%es
	popw	%ds
	addw	$2, %sp
	popfw
	lretw

	.section .note.GNU-stack, "", @progbits
