/*
 * efi_system_table.h - what the EFI system table says about the firmware, read as bytes.
 *
 * For every route that is told where the table lies, on 32-bit and on 64-bit UEFI; nothing is called.
 */
#ifndef KERNEL_EFI_SYSTEM_TABLE_H
#define KERNEL_EFI_SYSTEM_TABLE_H

#include <stdint.h>

#include "kernel/boot/boot_info.h"
#include "kernel/lib/span.h"

/*
 * Reads the table at `paddr` of a firmware whose pointers have `bits` bits, 32 or 64, through `memory`, which
 * gives the bytes at a physical address or an empty span (UEFI 2.10, 4.3 and 4.6). Fills efi_system_table,
 * uefi_bits, uefi_revision, firmware_revision and firmware_vendor, and, unless they are known already,
 * rsdp_paddr (ACPI 2.0 before 1.0) and smbios_paddr (3 before 2). What is no system table changes nothing.
 */
void efi_system_table_read(uint64_t paddr, uint32_t bits, struct span (*memory)(uint64_t paddr, size_t n),
                           struct boot_info *info);

#endif
