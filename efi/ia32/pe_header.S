/*
 * pe_header.S - MZ and PE32 headers of BOOTIA32.EFI (Microsoft PE format, revision 11; UEFI 2.10, 2.1.1).
 *
 * Sections lie in memory at pages of their own, none both writable and executable, and in the file one
 * behind the other. All addresses and sizes come from ia32.ld, the checksum from efi/pe_checksum.py.
 */
#define PE_MACHINE_I386		0x014c
#define PE_CHARACTERISTICS	0x0102		/* executable image, 32 bits */
#define PE_SUBSYSTEM_EFI_APP	10
#define PE_NX_COMPAT		0x0100
#define PE_NUM_DIRECTORIES	16		/* firmware refuses headers with fewer */

#define SECTION_CODE		0x60000020	/* code, execute, read */
#define SECTION_READ		0x40000040	/* initialised data, read */
#define SECTION_RELOC		0x42000040	/* initialised data, discardable, read */
#define SECTION_BSS		0xc0000080	/* uninitialised data, read, write */

	.section .header, "a"
	.ascii	"MZ"
	.org	0x3c
	.long	0x40				/* e_lfanew */

	.ascii	"PE\0\0"
	.word	PE_MACHINE_I386
	.word	(section_table_end - section_table) / 40
	.long	0				/* time stamp: none, builds are reproducible */
	.long	0, 0				/* no COFF symbols */
	.word	section_table - optional_header
	.word	PE_CHARACTERISTICS

optional_header:
	.word	0x10b				/* PE32 */
	.byte	0, 0				/* linker version */
	.long	text_raw_bytes			/* size of code */
	.long	data_raw_bytes			/* size of initialised data */
	.long	bss_bytes			/* size of uninitialised data */
	.long	rva_ia32_main
	.long	rva_text			/* base of code */
	.long	rva_reloc			/* base of data */
	.long	0				/* preferred base: none, the code runs anywhere */
	.long	0x1000				/* section alignment */
	.long	0x200				/* file alignment */
	.word	0, 0				/* operating system version */
	.word	0, 0				/* image version */
	.word	0, 0				/* subsystem version */
	.long	0				/* Win32 version */
	.long	rva_end				/* size of image */
	.long	0x200				/* size of headers */
	.long	0				/* checksum */
	.word	PE_SUBSYSTEM_EFI_APP
	.word	PE_NX_COMPAT
	.long	0, 0, 0, 0			/* stack and heap reserve and commit: not used by firmware */
	.long	0				/* loader flags */
	.long	PE_NUM_DIRECTORIES
	.fill	5, 8, 0				/* export, import, resource, exception, certificate */
	.long	rva_reloc, reloc_bytes		/* base relocation */
	.fill	PE_NUM_DIRECTORIES - 6, 8, 0

section_table:
	.macro	section name, rva, virtual_size, offset, raw_size, flags
1:	.ascii	"\name"
	.org	1b + 8, 0
	.long	\virtual_size, \rva, \raw_size, \offset
	.long	0, 0
	.word	0, 0
	.long	\flags
	.endm
	section	.text, rva_text, text_bytes, offset_text, text_raw_bytes, SECTION_CODE
	section	.reloc, rva_reloc, reloc_bytes, offset_reloc, reloc_raw_bytes, SECTION_RELOC
	section	.sbat, rva_sbat, sbat_bytes, offset_sbat, sbat_raw_bytes, SECTION_READ
	section	.bss, rva_bss, bss_bytes, 0, 0, SECTION_BSS
section_table_end:

	/* Nothing needs relocating, but some firmware refuses an image without relocations. */
	.section .base_relocations, "a"
	.long	rva_text			/* page */
	.long	12				/* block size */
	.word	0, 0				/* two entries of type ABSOLUTE: skipped */

	.section .note.GNU-stack, "", @progbits
