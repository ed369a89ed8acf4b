/*
 * interrupt_entry.S - the stubs of all vectors that are no exceptions. See trap_entry.S.
 */
#include "kernel/cpu/trap_stubs.inc"

	.text
	.balign	16
	.globl	interrupt_stubs
interrupt_stubs:
	TRAP_STUBS 32, 224

	.section .note.GNU-stack, "", @progbits
