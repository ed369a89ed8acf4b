/*
 * setup_header.S - the Linux setup header, by which every Linux loader knows how to start the file.
 *
 * Linux Documentation/arch/x86/boot.rst, boot protocol 2.15; offsets in the file in the margin. Fields
 * that the loader writes stand at 0. The 16-bit setup code, linked apart (setup.ld), lies at 0x580,
 * too far for the two-byte jump at 0x200, which therefore goes to a three-byte jump behind the header.
 */
#define LOADED_HIGH	0x01
#define XLF_KERNEL_64	0x0001			/* entered at 0x200 behind the 32-bit entry, below 4 GiB */
#define XLF_EFI_HANDOVER_64	0x0008		/* entered by handover_offset with boot services alive */
#define SETUP_E820_EXT	0x00000001
#define SETUP_INDIRECT	0x80000000

	.section .header.boot, "a"
header:
	.byte	7				/* 1f1 setup_sects: the setup part has (7 + 1) * 512 bytes */
	.word	0				/* 1f2 root_flags */
	.long	linux_syssize			/* 1f4 protected-mode part, in units of 16 bytes */
	.word	0				/* 1f8 ram_size */
	.word	0xffff				/* 1fa vid_mode: normal */
	.word	0				/* 1fc root_dev */
	.word	0xaa55				/* 1fe boot_flag */
	.byte	0xeb, header_end - 1f		/* 200 jump: also tells where the header ends */
1:	.ascii	"HdrS"				/* 202 */
	.word	0x020f				/* 206 version */
	.long	0				/* 208 realmode_swtch */
	.word	0				/* 20c start_sys_seg */
	.word	kernel_version - header + 0x1f1 - 0x200	/* 20e kernel_version */
	.byte	0				/* 210 type_of_loader */
	.byte	LOADED_HIGH			/* 211 loadflags */
	.word	0				/* 212 setup_move_size */
	.long	0x100000			/* 214 code32_start */
	.long	0, 0				/* 218 ramdisk_image, ramdisk_size */
	.long	0				/* 220 bootsect_kludge */
	.word	0				/* 224 heap_end_ptr */
	.byte	0, 0				/* 226 ext_loader_ver, ext_loader_type */
	.long	0				/* 228 cmd_line_ptr */
	.long	0xffffffff			/* 22c initrd_addr_max */
	.long	0x1000				/* 230 kernel_alignment */
	.byte	1				/* 234 relocatable_kernel */
	.byte	12				/* 235 min_alignment: 2^12 */
	.word	XLF_KERNEL_64 | XLF_EFI_HANDOVER_64	/* 236 xloadflags */
	.long	1023				/* 238 cmdline_size */
	.long	0				/* 23c hardware_subarch: PC */
	.quad	0				/* 240 hardware_subarch_data */
	.long	0, 0				/* 248 payload_offset, payload_length */
	.quad	0				/* 250 setup_data */
	.quad	0x100000			/* 258 pref_address */
	.long	linux_init_size			/* 260 init_size */
	.long	rva_handover64 - 0x1000 - 0x200	/* 264 handover_offset: 64-bit loaders add the 0x200 */
	.long	rva_kernel_info - 0x1000	/* 268 kernel_info_offset: from the protected-mode part on */
header_end:
	.byte	0xe9				/* 26c jump to the setup code */
	.word	rva_setup_code - (0x26c + 3)
kernel_version:
	.asciz	"Janus"

	/* What the header has no room for (boot.rst, "The kernel_info"). */
	.section .rodata.kernel_info, "a"
	.balign	4
	.globl	kernel_info
kernel_info:
	.ascii	"LToP"
	.long	kernel_info_end - kernel_info	/* size, and with what varies in length */
	.long	kernel_info_end - kernel_info
	.long	SETUP_INDIRECT | SETUP_E820_EXT	/* setup_type_max */
kernel_info_end:

	.section .header.setup, "a"
	.incbin	"setup.bin"

	.section .note.GNU-stack, "", @progbits
