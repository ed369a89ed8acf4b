/*
 * ap_start.S - from real mode to the kernel, for every CPU but the one that booted.
 *
 * A CPU that gets a start-up interrupt begins in real mode at %cs = page << 8, %ip = 0 (Intel SDM vol. 3A, 9.4).
 * There lies a copy of the trampoline, which nobody writes to any more: any number of CPUs run through it at once.
 * It turns on paging in tables that map the kernel where it is and, to be executed only, the trampoline where it
 * was copied to; ap_enter leaves both for the kernel's own tables and a stack.
 */
#include "kernel/cpu/ap_start.h"

#define CR0_PE		0x1
#define MSR_PAT		0x277
#define MSR_EFER	0xc0000080
#define SELECTOR_CODE32	0x08
#define SELECTOR_DATA	0x10
#define SELECTOR_CODE64	0x18
#define LEAF_TOPOLOGY	0xb

#define HERE(label)	(label - ap_trampoline)

	.section .rodata
	.balign	16
	.globl	ap_trampoline, ap_trampoline_protected_mode, ap_trampoline_long_mode, ap_trampoline_gdt
	.globl	ap_trampoline_gdt_end, ap_trampoline_parameters, ap_trampoline_end
	.code16
ap_trampoline:
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	movzwl	%ax, %ebx
	shll	$4, %ebx			/* where the trampoline lies */
	lgdtl	HERE(gdt_pointer)
	movl	%cr0, %eax
	orb	$CR0_PE, %al
	movl	%eax, %cr0
	ljmpl	*HERE(protected_mode)

/* In: %ebx = where the trampoline lies. */
	.code32
ap_trampoline_protected_mode:
	movl	$SELECTOR_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	HERE(cr4)(%ebx), %eax
	movl	%eax, %cr4
	movl	HERE(root)(%ebx), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	movl	HERE(efer)(%ebx), %eax
	xorl	%edx, %edx
	wrmsr
	movl	$MSR_PAT, %ecx
	movl	HERE(pat)(%ebx), %eax
	movl	HERE(pat) + 4(%ebx), %edx
	wrmsr
	movl	HERE(cr0)(%ebx), %eax
	movl	%eax, %cr0
	ljmpl	*HERE(long_mode)(%ebx)

	.code64
ap_trampoline_long_mode:
	jmp	*HERE(entry)(%rbx)

/* All are marked accessed: the page cannot be written to. */
	.balign	8
ap_trampoline_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff		/* SELECTOR_CODE32 */
	.quad	0x00cf93000000ffff		/* SELECTOR_DATA */
	.quad	0x00209b0000000000		/* SELECTOR_CODE64 */
ap_trampoline_gdt_end:

/* struct ap_parameters */
ap_trampoline_parameters:
gdt_pointer:	.skip	6
protected_mode:	.long	0
		.word	SELECTOR_CODE32
long_mode:	.long	0
		.word	SELECTOR_CODE64
root:		.skip	4
cr0:		.skip	4
cr4:		.skip	4
efer:		.skip	4
pat:		.skip	8
entry:		.skip	8
ap_trampoline_end:

	.text
	.globl	ap_enter
/*
 * In:  64-bit mode, interrupts off, no stack; ap_root_paddr, ap_cpus, ap_num_cpus.
 * Out: at ap_main(cpu) on the stack of the CPU whose APIC ID this one has, which CPUID tells; a CPU that nobody
 *      waits for halts for ever.
 */
ap_enter:
	movq	ap_root_paddr(%rip), %rax
	movq	%rax, %cr3
	xorl	%eax, %eax
	cpuid
	cmpl	$LEAF_TOPOLOGY, %eax
	jb	1f
	movl	$LEAF_TOPOLOGY, %eax
	xorl	%ecx, %ecx
	cpuid
	testl	%ebx, %ebx			/* no processors at this level: the leaf is not there */
	jnz	2f
1:	movl	$1, %eax
	cpuid
	movl	%ebx, %edx
	shrl	$24, %edx
2:	movq	ap_cpus(%rip), %rdi
	movl	ap_num_cpus(%rip), %ecx
3:	cmpl	%edx, CPU_APIC_ID(%rdi)
	je	5f
	addq	$CPU_BYTES, %rdi
	decl	%ecx
	jnz	3b
4:	cli
	hlt
	jmp	4b
5:	movq	CPU_STACK_TOP(%rdi), %rsp
	xorl	%ebp, %ebp
	pushq	%rbp				/* a return address that ends every backtrace */
	jmp	ap_main

	.section .note.GNU-stack, "", @progbits
