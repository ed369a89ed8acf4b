/*
 * el_torito.S - what a BIOS loads from a CD: the boot image without emulation (El Torito 1.0, 2.2).
 *
 * Entered by the BIOS at 0x7c00, by whatever CS:IP, in real mode; DL = drive, everything else unknown. The loader
 * follows in the same file, where it is to run in memory. One block of the CD has been read, which is what the catalog
 * asks for, because there are BIOSes that read no other number. Leaves by a jump to the loader at 0:LOADER_PADDR as
 * the MBR does, with EL_TORITO_MAGIC at MBR_PADDR + 2 for the loader to know that this is a CD; or prints one letter
 * and two digits (boot_errors.h) and halts.
 */
#include "legacy/boot_errors.h"
#include "legacy/realmode.h"

#define TRIES		5
#define LOADER_END	(LOADER_PADDR + LOADER_SECTORS * SECTOR_BYTES)
#define REST_PADDR	(MBR_PADDR + CD_BLOCK_BYTES)
#define REST_BLOCKS	((LOADER_END - REST_PADDR + CD_BLOCK_BYTES - 1) / CD_BLOCK_BYTES)

	.code16
	.section .text, "ax"
	.globl	el_torito
el_torito:
	jmp	start
	.long	EL_TORITO_MAGIC
	.org	8, 0

	/* The boot information table, filled by xorriso -boot-info-table (genisoimage(1), "EL TORITO BOOT INFORMATION
	 * TABLE"). */
	.long	0				/* 0x08 block of the volume descriptor */
image_lba:
	.long	0				/* 0x0c first block of this file */
	.org	0x40, 0

start:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ss
	movw	$REALMODE_STACK_TOP, %sp
	movw	%ax, %ds
	movw	%ax, %es
	sti
	ljmp	$0, $1f
1:	movb	%dl, drive
	movl	image_lba, %eax
	incl	%eax
	movl	%eax, packet_lba

try_once:
	movb	$REST_BLOCKS, packet_blocks	/* a failed read changes it */
	movw	$packet, %si
	movb	$0x42, %ah			/* without asking for it: a CD has no other way to be read */
	call	int13
	jc	disk_failed
	movw	$BOOT_ERROR_LOADER, %cx
	cmpl	$LOADER_MAGIC, LOADER_PADDR + 2
	jne	boot_failed
	cmpl	$LOADER_MAGIC, LOADER_END - 4
	jne	boot_failed
	movb	drive, %dl
	ljmp	$0, $LOADER_PADDR

disk_failed:
	pushw	%ax
	xorw	%ax, %ax			/* reset */
	call	int13
	popw	%cx
	decb	tries_left
	jnz	try_once
	movb	$BOOT_ERROR_DISK, %cl		/* %ch = status */

#include "legacy/boot_failed.S"

/*
 * INT 13h on our drive, with nothing believed afterwards but the answer.
 *
 * in, out:  as the function in %ah wants; %dl = drive is set here
 * clobbers: what the BIOS does, but for segment registers, DF and IF
 */
int13:
	movb	drive, %dl
	int	$0x13
	sti
	cld
	pushw	%ss
	popw	%ds
	pushw	%ss
	popw	%es
	ret

/* Disk address packet of the extended read (Enhanced Disk Drive specification, 3.0), in blocks of the CD. */
packet:
	.byte	0x10, 0
packet_blocks:
	.byte	REST_BLOCKS, 0
	.word	REST_PADDR & 0xf, REST_PADDR >> 4
packet_lba:
	.long	0, 0

tries_left:
	.byte	TRIES
drive:
	.byte	0
	.org	LOADER_PADDR - MBR_PADDR, 0

	.section .note.GNU-stack, "", @progbits
