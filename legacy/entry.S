/*
 * entry.S - the entries of the Linux boot protocol and of Multiboot.
 *
 * entry32: entered by a boot loader or by our own setup code in 32-bit protected mode, paging off,
 *   interrupts off, flat segments; %esi = physical address of boot_params (Linux boot.rst, "32-bit Boot
 *   Protocol").
 * multiboot_entry: entered by a boot loader in the same state; %eax = the magic number of Multiboot 1 or 2,
 *   %ebx = physical address of its information; no stack (Multiboot 0.6.96, 3.2; Multiboot2 2.0, 3.5).
 * entry64: entered in long mode with boot_params and the image identity-mapped, both below 4 GiB, and perhaps
 *   nothing else (boot.rst, "64-bit Boot Protocol"); %rsi = boot_params. Turns long mode off: the page tables of
 *   others are worth nothing once their memory is ours.
 *
 * These go on at protected, which maps the image where it is, turns on long mode and leaves by calling
 * legacy_main(information, tsc, entry) on the boot stack, .bss cleared, DF and IF clear. The rest of the first
 * 4 GiB is mapped by legacy_main(), one GiB at a time, when it is asked for.
 * The doors of loaders that leave UEFI's boot services alive stand at the end.
 * The image runs at any 4 KiB boundary below 4 GiB: it finds out where by calling itself.
 */
#include "legacy/entry.h"

#define CR0_PE		0x00000001
#define CR0_CD_NW	0x60000000
#define CR0_PG		0x80000000
#define CR4_PAE		0x00000020
#define CR4_MCE		0x00000040
#define CR4_PCIDE	0x00020000
#define MSR_EFER	0xc0000080
#define EFER_LME	0x00000100

#define PAGE_TABLE	0x003			/* present, writable */
#define PAGE_2M		0x083			/* present, writable, large */

/* Four bytes that mean nothing to us, for a return address: in boot_params, in either Multiboot information. */
#define BOOT_PARAMS_SCRATCH	0x1e4
#define MULTIBOOT1_BOOT_DEVICE	0x0c
#define MULTIBOOT2_RESERVED	0x04

	.section .text.entry32, "ax"
	.code32
	.globl	entry32, entry32_here, entry64, entry_common, multiboot_entry, multiboot2_efi_entry, handover64
entry32:
	mov	$ENTRY_LINUX_32, %ebx
	lea	BOOT_PARAMS_SCRATCH + 4(%esi), %esp

/* %ebx = entry, %esi = what the loader tells, %esp = four bytes of stack. */
protected:
	cli
	cld
	call	entry32_here
entry32_here:
	pop	%ebp
	sub	$rva_entry32_here, %ebp		/* %ebp = physical address of RVA 0 */
	lea	rva_kernel_stack_top(%ebp), %esp
	push	%ebx
	rdtsc
	push	%edx
	push	%eax

	/* Clear .bss. */
	lea	rva_bss(%ebp), %edi
	mov	$bss_longs, %ecx
	xor	%eax, %eax
	rep stosl

	/* Page map level 4 and page directory pointers: zero but for the first, and for the GiBs of the image. */
	lea	rva_early_tables(%ebp), %edi
	mov	$2 * 1024, %ecx
	rep stosl
	lea	rva_early_tables(%ebp), %edi
	lea	0x1000 + PAGE_TABLE(%edi), %eax
	mov	%eax, (%edi)
	lea	rva_end - 1(%ebp), %eax
	call	map_gib
	mov	%ebp, %eax
	call	map_gib

	/* Long mode, of four levels whatever was before. Caches may have been left off. */
	mov	%cr4, %eax
	and	$CR4_MCE, %eax
	or	$CR4_PAE, %eax
	mov	%eax, %cr4
	mov	%edi, %cr3
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_LME, %eax
	wrmsr
	mov	%cr0, %eax
	and	$~CR0_CD_NW, %eax
	or	$CR0_PG | CR0_PE, %eax
	mov	%eax, %cr0

	/* A far return into 64-bit code, through a descriptor table on the stack: null, 64-bit code. */
	pop	%ebx				/* time stamp, low */
	pop	%edx				/* high */
	pop	%edi				/* entry */
	push	$0x00209b00
	push	$0x0000ffff
	push	$0
	push	$0
	mov	%esp, %eax
	push	%eax
	pushw	$15
	lgdt	(%esp)
	lea	rva_entry_common(%ebp), %eax
	push	$8
	push	%eax
	lret

/*
 * Maps the GiB that %eax lies in where it is, in pages of 2 MiB, unless it is mapped.
 * In: %edi = early_tables. Clobbers %eax, %ecx, %edx.
 */
map_gib:
	shr	$30, %eax
	cmpl	$0, 0x1000(%edi, %eax, 8)
	jne	2f
	mov	%eax, %ecx
	shl	$12, %ecx
	lea	0x2000 + PAGE_TABLE(%edi, %ecx), %ecx
	mov	%ecx, 0x1000(%edi, %eax, 8)
	and	$~0xfff, %ecx
	shl	$30, %eax
	or	$PAGE_2M, %eax
	lea	0x1000(%ecx), %edx
1:						/* four entries a turn */
	.irp	offset, 0, 8, 16, 24
	mov	%eax, \offset(%ecx)
	movl	$0, \offset + 4(%ecx)
	add	$0x200000, %eax
	.endr
	add	$32, %ecx
	cmp	%edx, %ecx
	jne	1b
2:	ret

multiboot_entry:
	mov	%ebx, %esi
	mov	$ENTRY_MULTIBOOT1, %ebx
	lea	MULTIBOOT1_BOOT_DEVICE + 4(%esi), %esp
	cmp	$MULTIBOOT2_MAGIC, %eax
	jne	protected
	mov	$ENTRY_MULTIBOOT2, %ebx
	lea	MULTIBOOT2_RESERVED + 4(%esi), %esp
	jmp	protected

/* %esi = what the loader tells, %edi = entry, %edx:%ebx = time stamp; long mode, upper halves undefined. */
	.code64
entry_common:
	xor	%eax, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %fs
	mov	%eax, %gs
	mov	%eax, %ss
	lea	kernel_stack_top(%rip), %rsp
	mov	%ebx, %eax
	mov	%edi, %ecx
	mov	%esi, %edi
	mov	%edx, %esi
	shl	$32, %rsi
	or	%rax, %rsi
	mov	%ecx, %edx
	xor	%ebp, %ebp
	call	legacy_main
	ud2

	.org	entry32 + 0x200, 0xcc
entry64:
	cli
	cld
	mov	%cr4, %rax
	and	$~CR4_PCIDE, %rax		/* must go before paging does */
	mov	%rax, %cr4
	lea	kernel_stack_top(%rip), %rsp
	mov	$0x00cf93000000ffff, %rax	/* 0x10: flat data */
	push	%rax
	mov	$0x00cf9b000000ffff, %rax	/* 0x08: flat 32-bit code */
	push	%rax
	push	$0
	mov	%rsp, %rax
	push	%rax
	pushw	$23
	lgdt	(%rsp)
	lea	1f(%rip), %rax
	push	$8
	push	%rax
	lretq
	.code32
1:	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	%cr0, %eax
	and	$~CR0_PG, %eax
	mov	%eax, %cr0
	mov	$MSR_EFER, %ecx
	rdmsr
	and	$~EFER_LME, %eax
	wrmsr
	mov	$ENTRY_LINUX_64, %ebx
	jmp	protected

/*
 * multiboot2_efi_entry: entered by a loader that left boot services alive, as UEFI enters its applications but for the
 *   arguments: %ebx = physical address of Multiboot 2 information (Multiboot2 2.0, 3.1.12 and 3.5).
 * handover64: the same with %rdi = image handle, %rsi = system table, %rdx = boot_params, and without a return
 *   address (boot.rst, "EFI Handover Protocol"). .bss is whatever was there.
 */
	.code64
multiboot2_efi_entry:
	cld
	mov	%ebx, %edi
	xor	%ebp, %ebp
	and	$-16, %rsp
	call	multiboot2_efi_main
	ud2

handover64:
	cld
	mov	%rdi, %rbx
	lea	bss_start(%rip), %rdi
	mov	$bss_longs, %ecx
	xor	%eax, %eax
	rep stosl
	mov	%rbx, %rdi
	xor	%ebp, %ebp
	and	$-16, %rsp
	call	linux_efi_main
	ud2

	.section .noinit, "aw", @nobits
	.balign	4096
	.globl	early_tables
early_tables:
	.skip	6 * 4096

	.section .note.GNU-stack, "", @progbits
