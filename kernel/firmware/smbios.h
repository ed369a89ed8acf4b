/*
 * smbios.h - the firmware's name, from the SMBIOS tables (DMTF DSP0134 3.7).
 */
#ifndef KERNEL_SMBIOS_H
#define KERNEL_SMBIOS_H

#include <stdint.h>

#include "kernel/lib/span.h"

#define SMBIOS_ENTRY_BYTES 32 /* enough for either form of the entry point */

struct smbios {
    uint32_t major, minor;
    uint64_t table_paddr;
    uint32_t table_bytes;
};

/*
 * Reads an entry point, 64-bit `_SM3_` (5.2.2) or 32-bit `_SM_` (5.2.1). Null if it is sound, and then
 * `smbios` is filled; otherwise what is wrong with it, in words.
 */
const char *smbios_read(struct span bytes, struct smbios *smbios);

/* Where in `area` a sound entry point lies, on a 16-byte boundary, `_SM3_` first; area.n if there is none. */
size_t smbios_search(struct span area);

/*
 * The string of the first structure of type `type` whose number stands at `offset` in that structure: its
 * bytes without the closing 0; empty if there is none.
 */
struct span smbios_string(struct span table, uint8_t type, size_t offset);

#define SMBIOS_BIOS_INFORMATION 0 /* type 0 (7.1) */
#define SMBIOS_BIOS_VENDOR      4
#define SMBIOS_BIOS_VERSION     5

#endif
