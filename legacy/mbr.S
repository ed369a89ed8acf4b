/*
 * mbr.S - the master boot record: reads the loader that lies behind it and jumps there.
 *
 * Entered by the BIOS at 0x7c00, by whatever CS:IP, in real mode; DL = drive, everything else unknown.
 * Leaves by a jump to the loader at 0:LOADER_PADDR with DL = the drive it was read from, CS = DS = ES = SS = 0,
 * SP = REALMODE_STACK_TOP, interrupts on, DF clear; or prints one letter and two digits (boot_errors.h) and halts.
 *
 * A boot manager may have started this sector, or a BIOS may have forgotten DL: if DL is no hard disk and
 * the loader is not there, drive 0x80 gets one chance. No drive is ever looked for: unknown ones can hang.
 *
 * Not all of the 512 bytes are ours:
 *   0x003-0x059  BIOSes look for a BPB here and some write into it: no code. ThinkPads want 512 bytes, 18 sectors,
 *                2 heads. Nothing else of a FAT volume: OVMF would take the whole disk for one and miss the partition.
 *   0x0da-0x0df  Windows 9x stamps them
 *   0x1b8-0x1bd  disk signature, and two bytes that Windows keeps 0; filled by mkimage.sh
 *   0x1be-0x1fd  partition table; filled by mkimage.sh
 */
#include "legacy/boot_errors.h"
#include "legacy/realmode.h"

#define TRIES		5
#define HARD_DISK	0x80
#define LOADER_END	(LOADER_PADDR + LOADER_SECTORS * SECTOR_BYTES)

	.code16
	.section .text, "ax"
	.globl	mbr
mbr:
	jmp	start
	nop
	.ascii	"JANUS   "			/* 0x03 OEM name */
	.word	SECTOR_BYTES			/* 0x0b bytes per sector */
	.byte	0				/* 0x0d sectors per cluster */
	.word	0				/* 0x0e reserved sectors */
	.byte	0				/* 0x10 FATs */
	.word	0, 0				/* 0x11 root entries, 0x13 sectors */
	.byte	0xf8				/* 0x15 media: hard disk */
	.word	0, 18, 2			/* 0x16 sectors per FAT, 0x18 per track, 0x1a heads */
	.org	0x5a, 0

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

try_drive:
	movb	$TRIES, tries_left
	movw	$LOADER_LBA, next_lba
	movw	$LOADER_PADDR, next_paddr
try_once:
	call	read_loader
	jc	disk_failed
	movw	$BOOT_ERROR_LOADER, %cx
	cmpl	$LOADER_MAGIC, LOADER_PADDR + 2
	jne	drive_failed
	cmpl	$LOADER_MAGIC, LOADER_END - 4
	jne	drive_failed
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

/* %cl = letter, %ch = status. */
drive_failed:
	testb	$HARD_DISK, drive
	movb	$HARD_DISK, drive
	jz	try_drive
	jmp	boot_failed

	.org	0xda, 0				/* an error here: the code above has grown into these bytes */
	.org	0xe0, 0

#include "legacy/boot_failed.S"

/*
 * Reads the loader once, by extended read if the drive has it, else by cylinder, head and sector.
 *
 * out:      CF clear, or CF set and %ah = BIOS status
 * clobbers: everything but segment registers
 */
read_loader:
	movb	$0x41, %ah			/* extensions present? %bx swapped, bit 0 of %cx */
	movw	$0x55aa, %bx
	call	int13
	jc	read_by_chs
	cmpw	$0xaa55, %bx
	jne	read_by_chs
	testb	$1, %cl
	jz	read_by_chs
	movb	$LOADER_SECTORS, packet_sectors	/* a failed read changes it */
	movw	$packet, %si
	movb	$0x42, %ah
	/* fall through: its answer is ours */

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

/*
 * As read_loader, but goes on where it failed the last time. One sector at a time: no read crosses a track.
 */
read_by_chs:
	movb	$8, %ah				/* geometry: %cl bits 0-5 sectors per track, %dh last head */
	call	int13
	jc	2f
	andw	$0x3f, %cx
	stc
	jz	2f
	movw	%cx, sectors_per_track
	movzbw	%dh, %dx
	incw	%dx
	movw	%dx, num_heads
1:	movw	next_lba, %ax
	xorw	%dx, %dx
	divw	sectors_per_track
	movw	%dx, %cx
	incw	%cx				/* sectors count from 1 */
	xorw	%dx, %dx
	divw	num_heads
	movb	%al, %ch			/* cylinder: below 256, as the LBA is */
	movb	%dl, %dh
	movw	next_paddr, %bx
	movw	$0x0201, %ax
	call	int13
	jc	2f
	movb	$TRIES, tries_left
	incw	next_lba
	addw	$SECTOR_BYTES, next_paddr
	cmpw	$LOADER_END, next_paddr
	jne	1b
2:	ret					/* equal means CF clear */

/* Disk address packet of the extended read (Enhanced Disk Drive specification, 3.0). */
packet:
	.byte	0x10, 0
packet_sectors:
	.byte	LOADER_SECTORS, 0
	.word	LOADER_PADDR, 0
	.long	LOADER_LBA, 0

code_end:
	.org	0x1b8, 0			/* likewise */

/* Variables in the bytes of the BPB that follow the fields above: in memory only. */
	.set	drive, mbr + 0x24
	.set	tries_left, mbr + 0x25
	.set	next_lba, mbr + 0x26
	.set	next_paddr, mbr + 0x28
	.set	sectors_per_track, mbr + 0x2a
	.set	num_heads, mbr + 0x2c

	.org	0x1fe, 0
	.word	0xaa55

	.section .note.GNU-stack, "", @progbits
