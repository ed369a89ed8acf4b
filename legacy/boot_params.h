/*
 * boot_params.h - reading Linux's boot_params page ("zero page") into boot_info.
 */
#ifndef LEGACY_BOOT_PARAMS_H
#define LEGACY_BOOT_PARAMS_H

#include "kernel/lib/span.h"
#include "legacy/reader.h"

/* Offsets in boot_params (Linux Documentation/arch/x86/zero-page.rst and boot.rst). */
#define BOOT_PARAMS_BYTES     4096
#define BP_VIDEO_MODE         0x006
#define BP_VIDEO_COLUMNS      0x007
#define BP_VIDEO_LINES        0x00e
#define BP_VIDEO_IS_VGA       0x00f
#define BP_LFB_WIDTH          0x012
#define BP_LFB_HEIGHT         0x014
#define BP_LFB_DEPTH          0x016
#define BP_LFB_BASE           0x018
#define BP_LFB_PITCH          0x024
#define BP_LFB_MASKS          0x026 /* size and position of red, green, blue */
#define BP_VIDEO_CAPABILITIES 0x036
#define BP_LFB_BASE_HIGH      0x03a
#define BP_ACPI_RSDP          0x070
#define BP_EXT_CMD_LINE_PTR   0x0c8
#define BP_EFI_SIGNATURE      0x1c0
#define BP_EFI_SYSTAB         0x1c4
#define BP_EFI_MEMDESC_BYTES  0x1c8
#define BP_EFI_MEMDESC_VER    0x1cc
#define BP_EFI_MEMMAP         0x1d0
#define BP_EFI_MEMMAP_BYTES   0x1d4
#define BP_EFI_SYSTAB_HIGH    0x1d8
#define BP_EFI_MEMMAP_HIGH    0x1dc
#define BP_E820_ENTRIES       0x1e8
#define BP_SECURE_BOOT        0x1ec
#define BP_SETUP_HEADER       0x1f1
#define BP_HEADER_JUMP        0x201 /* the header ends this many bytes behind 0x202 */
#define BP_TYPE_OF_LOADER     0x210
#define BP_LOADFLAGS          0x211
#define BP_CODE32_START       0x214
#define BP_HEAP_END_PTR       0x224
#define BP_EXT_LOADER_VER     0x226
#define BP_EXT_LOADER_TYPE    0x227
#define BP_CMD_LINE_PTR       0x228
#define BP_SETUP_DATA         0x250
#define BP_E820_TABLE         0x2d0
#define BP_E820_TABLE_ENTRIES 128
#define BP_E820_ENTRY_BYTES   20
#define BP_CAN_USE_HEAP       0x80
#define BP_EFI_SIGNATURE_32   0x32334c45u /* "EL32" */
#define BP_EFI_SIGNATURE_64   0x34364c45u /* "EL64" */
#define BP_SECURE_BOOT_OFF    2
#define BP_SECURE_BOOT_ON     3
#define BP_OUR_LOADER_VER     0x4a /* ext_loader_ver of our own disk loader, type_of_loader 0xff */
#define BP_IA32_LOADER_VER    0x4b /* the same of BOOTIA32.EFI */

/*
 * Fills boot_info's display, command line, loader, map, tables and time stamps from `params`,
 * BOOT_PARAMS_BYTES long, and from what it points at. Where our own 16-bit code has asked the BIOS, route and
 * entry become those of a BIOS.
 */
void boot_params_read(const struct reader *r, struct span params);

/* Takes command line and loader's name only. */
void boot_params_take_words(const struct reader *r, struct span params);

#endif
