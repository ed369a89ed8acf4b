/*
 * multiboot_header.S - the Multiboot headers, by which GRUB and others know how to start the file.
 *
 * Both say where the file goes and where it is entered, so that it need not be an ELF file: it is loaded as it is, from
 * its first byte on. Version 1 knows one place only. Version 2 allows any page below 4 GiB.
 */
#include "legacy/realmode.h"

#define LOAD_PADDR	PROTECTED_PADDR		/* of relative address 0 */

	/* Multiboot Specification 0.6.96, 3.1: within the first 8 KiB, at a multiple of 4. */
#define MAGIC1		0x1badb002
#define FLAGS1		(1 << 1 | 1 << 2 | 1 << 16)	/* wants memory map and screen, has addresses */
#define LINEAR		0

	.section .header.multiboot, "a"
	.balign	8
header1:
	.long	MAGIC1
	.long	FLAGS1
	.long	-(MAGIC1 + FLAGS1)
	.long	LOAD_PADDR + rva_multiboot		/* header_addr */
	.long	LOAD_PADDR			/* load_addr */
	.long	LOAD_PADDR + rva_data_raw_end	/* load_end_addr */
	.long	LOAD_PADDR + rva_end		/* bss_end_addr */
	.long	LOAD_PADDR + rva_multiboot_entry	/* entry_addr */
	.long	LINEAR, 0, 0, 0			/* screen: of any size and depth; text will do as well */

	/* Multiboot2 Specification 2.0, 3.1: within the first 32 KiB, at a multiple of 8. */
#define MAGIC2		0xe85250d6
#define I386		0
#define HEADER2_BYTES	(header2_end - header2)
#define OPTIONAL	1

#define TAG_ADDRESS	2
#define TAG_ENTRY	3
#define TAG_CONSOLE	4
#define TAG_FRAMEBUFFER	5
#define TAG_EFI_BOOT_SERVICES	7	/* leave them alive */
#define TAG_ENTRY_EFI64	9
#define TAG_RELOCATABLE	10

#define EGA_TEXT_WILL_DO	2
#define PREFER_LOW		1

	.balign	8
header2:
	.long	MAGIC2
	.long	I386
	.long	HEADER2_BYTES
	.long	-(MAGIC2 + I386 + HEADER2_BYTES)

	.macro	tag type, flags, fields:vararg
	.balign	8
1:	.word	\type, \flags
	.long	2f - 1b
	.ifnb	\fields
	.long	\fields
	.endif
2:
	.endm
	tag	TAG_ADDRESS, 0, LOAD_PADDR + rva_multiboot + (header2 - header1), LOAD_PADDR, LOAD_PADDR + rva_data_raw_end, LOAD_PADDR + rva_end
	tag	TAG_ENTRY, 0, LOAD_PADDR + rva_multiboot_entry
	tag	TAG_CONSOLE, OPTIONAL, EGA_TEXT_WILL_DO
	tag	TAG_FRAMEBUFFER, OPTIONAL, 0, 0, 0
	tag	TAG_EFI_BOOT_SERVICES, OPTIONAL
	tag	TAG_ENTRY_EFI64, OPTIONAL, LOAD_PADDR + rva_multiboot2_efi_entry
	tag	TAG_RELOCATABLE, OPTIONAL, LOAD_PADDR, 0xffffffff, 4096, PREFER_LOW
	.balign	8
	.word	0, 0				/* end */
	.long	8
header2_end:

	.section .note.GNU-stack, "", @progbits
