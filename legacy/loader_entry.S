/*
 * loader_entry.S - where the MBR enters the loader, and where the loader leaves for the image.
 *
 * Entered at 0:LOADER_PADDR in real mode; DL = drive, everything else unknown.
 */
#include "legacy/realmode.h"

#define EFLAGS_ID	0x00200000
#define CPUID_1_EDX_TSC	0x00000010

	.code16
	.section .text.loader_entry, "ax"
	.globl	loader_entry
loader_entry:
	jmp	1f
	.long	LOADER_MAGIC			/* at LOADER_PADDR + 2, where the MBR looks for it */
1:	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ss
	movl	$REALMODE_STACK_TOP, %esp
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	ljmp	$0, $2f
2:	pushw	%dx

	movw	$bss_start, %di
	movw	$bss_longs, %cx
	xorl	%eax, %eax
	rep stosl

	/* Time stamp, on a processor that has CPUID (EFLAGS.ID can be changed) and says it has the counter. */
	pushfl
	popl	%eax
	movl	%eax, %ecx
	xorl	$EFLAGS_ID, %eax
	pushl	%eax
	popfl
	pushfl
	popl	%eax
	xorl	%ecx, %eax
	testl	$EFLAGS_ID, %eax
	jz	3f
	movl	$1, %eax
	cpuid
	movl	%edx, cpu_features
	testb	$CPUID_1_EDX_TSC, %dl
	jz	3f
	rdtsc
	movl	%eax, loader_tsc
	movl	%edx, loader_tsc + 4

3:	popw	%ax
	movzbl	%al, %eax
	sti
	calll	loader_main			/* does not return */

/*
 * Enters the image's 16-bit setup code (Linux boot.rst, "Running the Kernel").
 *
 * in:       %al = drive, for the sake of custom: in %dl
 * out:      does not return
 */
	.globl	loader_leave
loader_leave:
	cli
	movzbl	%al, %edx
	movw	$SETUP_PADDR >> 4, %ax
	movw	%ax, %ss
	movl	$SETUP_STACK_TOP, %esp
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	ljmp	$(SETUP_PADDR >> 4) + 0x20, $0

	.section .bss
	.globl	loader_tsc, cpu_features
	.balign	8
loader_tsc:
	.skip	8
cpu_features:					/* CPUID leaf 1, %edx; 0: no CPUID */
	.skip	4
	.balign	4

	/* For loader.ld. */
	.globl	loader_paddr, loader_limit, loader_bytes
	.set	loader_paddr, LOADER_PADDR
	.set	loader_limit, LOADER_LIMIT
	.set	loader_bytes, LOADER_SECTORS * SECTOR_BYTES

	.section .trailer, "a"
	.long	LOADER_MAGIC

	.section .note.GNU-stack, "", @progbits
