/*
 * map_hook.S - gives whatever boots next a memory map of our own: a boot sector that answers INT 15h, E820h from a
 * table, then starts the real boot sector.
 *
 * Entered by the BIOS at 0x7c00 in real mode, DL = drive. Takes the top of conventional memory away (BIOS data area,
 * 0x413) and reads there what lies from HOOK_LBA on: the sector `resident` and the table behind it. Leaves to the real
 * boot sector at 0:0x7c00 with DL as it was. An instrument: no error is handled, a disk that fails halts.
 */
#define HOOK_KIB	52			/* the resident sector and 2,048 entries of 24 bytes, and some */
#define HOOK_LBA	1024
#define REAL_MBR_LBA	1023
#define BDA_MEMORY_KIB	0x413
#define VECTOR_15	(0x15 * 4)
#define SMAP		0x534d4150
#define ENTRY_BYTES	24

	.code16
	.globl	_start
_start:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %ss
	movw	$0x7c00, %sp
	ljmp	$0, $1f
1:	subw	$HOOK_KIB, BDA_MEMORY_KIB
	movw	BDA_MEMORY_KIB, %ax
	shlw	$6, %ax				/* KiB to paragraphs */
	movw	%ax, packet_segment
	movw	%ax, %es
	sti
	movw	$packet, %si
	movb	$0x42, %ah			/* extended read */
	int	$0x13
	jc	stop

	cli
	movl	VECTOR_15, %eax
	movl	%eax, %es:(old_vector - resident)
	movw	$(answer - resident), VECTOR_15
	movw	%es, VECTOR_15 + 2
	sti
	pushw	%es
	pushw	$(resume - resident)
	lretw
stop:
	cli
	hlt
	jmp	stop

packet:
	.byte	0x10, 0
	.word	HOOK_KIB * 2
	.word	0
packet_segment:
	.word	0
	.quad	HOOK_LBA

	.org	0x1be, 0			/* the host copies the real partition table here */
	.org	0x1fe, 0
	.word	0xaa55

/* The sector that stays, at offset 0 of its segment. */
resident:
num_entries:
	.word	0				/* filled in by the host */
old_vector:
	.long	0
real_mbr:
	.byte	0x10, 0
	.word	1, 0x7c00, 0
	.quad	REAL_MBR_LBA

/* DL = drive. The boot sector goes where the first one was. */
resume:
	pushw	%cs
	popw	%ds
	movw	$(real_mbr - resident), %si
	movb	$0x42, %ah
	int	$0x13
	jc	1f
	ljmp	$0, $0x7c00
1:	cli
	hlt
	jmp	1b

/*
 * INT 15h. E820h is answered from the table: EBX is the number of the entry.
 *
 * in:       EBX, ES:DI = room for an entry
 * out:      entry, ECX = its size, EAX = "SMAP", EBX = the next or 0, CF clear
 */
answer:
	cmpl	$0xe820, %eax
	je	1f
	ljmpw	*%cs:(old_vector - resident)
1:	pushw	%si
	pushw	%di
	pushw	%ds
	pushw	%cs
	popw	%ds
	imulw	$ENTRY_BYTES, %bx, %si
	addw	$(table - resident), %si
	movw	$ENTRY_BYTES / 2, %cx
	cld
	rep movsw
	incw	%bx
	cmpw	num_entries - resident, %bx
	jne	2f
	xorl	%ebx, %ebx
2:	popw	%ds
	popw	%di
	popw	%si
	movl	$ENTRY_BYTES, %ecx
	movl	$SMAP, %eax
	pushw	%bp
	movw	%sp, %bp
	andw	$~1, 6(%bp)			/* the caller's carry, behind BP, IP and CS */
	popw	%bp
	iretw

	.org	0x400, 0
table:
	.section .note.GNU-stack, "", @progbits
