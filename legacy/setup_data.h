/*
 * setup_data.h - what our own 16-bit code tells the 64-bit code, as setup_data nodes of private types.
 *
 * A chain of nodes hangs on the setup header (Linux boot.rst, "setup_data"). 16-bit and 64-bit code share
 * these structures.
 */
#ifndef LEGACY_SETUP_DATA_H
#define LEGACY_SETUP_DATA_H

#include <stddef.h>
#include <stdint.h>

#define SETUP_E820_EXT     1u          /* Linux: more e820 entries of 20 bytes */
#define SETUP_INDIRECT     0x80000000u /* Linux: struct setup_indirect; or-ed to the type of what it leads to */
#define SETUP_JANUS_LOADER 0x4a4c4452u /* "JLDR": the time stamp of our own disk loader, 8 bytes */
#define SETUP_JANUS_E820   0x4a453832u /* "JE82": struct e820_answers */

struct setup_data {
    uint64_t next; /* physical address; 0 ends the chain */
    uint32_t type;
    uint32_t len; /* bytes that follow */
};

/* The data of a SETUP_INDIRECT node: where the data of another one lies (boot.rst, protocol 2.15). */
struct setup_indirect {
    uint32_t type; /* SETUP_INDIRECT | type of the data */
    uint32_t reserved;
    uint64_t len, paddr;
};

struct e820_entry {
    uint64_t base, size;
    uint32_t type;
    uint32_t attributes; /* ACPI 3.0: bit 0 clear means ignore; 1 where the BIOS gave 20 bytes only */
};

struct e820_answers {
    uint64_t entry_tsc; /* time stamp at the first instruction of the setup code */
    uint64_t map_tsc;   /* and when the last answer was in */
    uint32_t num_answers;
    uint32_t num_stored;
    uint32_t num_short; /* answers of 20 bytes */
    uint32_t reserved;
    struct e820_entry entries[];
};

_Static_assert(sizeof(struct setup_data) == 16, "Linux boot.rst");
_Static_assert(sizeof(struct e820_entry) == 24, "ACPI 6.5, table 15.4");
_Static_assert(offsetof(struct e820_answers, entries) == 32, "shared by 16-bit and 64-bit code");

#endif
