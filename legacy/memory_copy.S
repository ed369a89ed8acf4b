/*
 * memory_copy.S - memory_copy(), see memory_copy.h: a short excursion to 32-bit protected mode.
 *
 * Called from 16-bit C in real mode, CS = DS = ES = SS = 0, and returns in the same state. Both switches keep to
 * the Intel SDM vol. 3A, 10.9.1 and 10.9.2 (9.9 in older editions): a far jump after each write of CR0.PE, and
 * before the way back every segment register holds a descriptor that looks like real mode: 64 KiB, writable.
 * The stack is not used in between, nor is the interrupt table changed. Where the CPU has SSE it moves 128 bytes
 * in 20 instructions instead of 32; whoever emulates the CPU, or counts, is grateful.
 */
#define CR0_PE		0x01
#define CR0_EM_TS	0x0c
#define CR4_OSFXSR	0x200
#define CPUID_FXSR_SSE	0x03000000			/* leaf 1, %edx: loader_entry.S */
#define BLOCK_SHIFT	7

#define CODE32		0x08
#define DATA32		0x10
#define CODE16		0x18
#define DATA16		0x20

	.code16
	.section .text.memory_copy, "ax"
	.globl	memory_copy
/*
 * in:       %eax = destination, %edx = source, %ecx = bytes
 * out:      nothing
 * clobbers: %eax, %ecx, %edx, FS, GS
 */
memory_copy:
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushfw
	cli
	movl	%eax, %edi
	movl	%edx, %esi
	call	count_blocks
	lgdtl	gdt_pointer
	movl	%cr0, %ebx
	movl	%ebx, %edx
	orb	$CR0_PE, %dl
	andb	$~CR0_EM_TS, %dl
	movl	%edx, %cr0
	ljmpl	$CODE32, $1f

	.code32
1:	movl	$DATA32, %eax
	movl	%eax, %ds
	movl	%eax, %es
	testl	%ebp, %ebp
	jz	3f
	movl	%cr4, %eax
	movl	%eax, %edx
	orl	$CR4_OSFXSR, %edx
	movl	%edx, %cr4
2:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movups	16*\n(%esi), %xmm\n
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movups	%xmm\n, 16*\n(%edi)
	.endr
	subl	$-(1 << BLOCK_SHIFT), %esi
	subl	$-(1 << BLOCK_SHIFT), %edi
	decl	%ebp
	jnz	2b
	movl	%eax, %cr4
3:	shrl	$2, %ecx
	rep movsl
	ljmp	$CODE16, $2f

	.code16
2:	movw	$DATA16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	%ebx, %cr0
	ljmpw	$0, $3f

3:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	popfw
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	retl

/*
 * in:       %ecx = bytes
 * out:      %ebp = blocks of 128 bytes that SSE is to move, 0 without SSE; %ecx = bytes besides
 * clobbers: %edx
 */
count_blocks:
	xorl	%ebp, %ebp
	movl	cpu_features, %edx
	andl	$CPUID_FXSR_SSE, %edx
	cmpl	$CPUID_FXSR_SSE, %edx
	jne	1f
	movl	%ecx, %ebp
	shrl	$BLOCK_SHIFT, %ebp
	andl	$(1 << BLOCK_SHIFT) - 1, %ecx
1:	ret

	.section .data.gdt, "aw"
	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff		/* CODE32: 4 GiB from 0 */
	.quad	0x00cf93000000ffff		/* DATA32 */
	.quad	0x00009b000000ffff		/* CODE16: 64 KiB from 0 */
	.quad	0x000093000000ffff		/* DATA16 */
gdt_end:
gdt_pointer:
	.word	gdt_end - gdt - 1
	.long	gdt

	.section .note.GNU-stack, "", @progbits
