/*
 * smbios.h - what the firmware says of itself and of the machine: the SMBIOS tables, version 2 and 3 (DMTF
 * DSP0134 3.7).
 *
 * An entry point tells where the table is; the table is a row of structures. Each has a formatted part, whose
 * fields stand at fixed offsets for each type, and behind it the strings that those fields number.
 */
#ifndef KERNEL_SMBIOS_H
#define KERNEL_SMBIOS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define SMBIOS_ENTRY_BYTES  32 /* enough for either form of the entry point */
#define SMBIOS_HEADER_BYTES 4  /* type, length, handle: the least a structure has */

struct smbios {
    uint32_t major, minor;
    uint64_t table_paddr;
    uint32_t table_bytes;    /* version 3: no more than so many */
    uint32_t num_structures; /* 0: not told, as version 3 does not */
};

/*
 * Reads an entry point, 64-bit `_SM3_` (5.2.2) or 32-bit `_SM_` with the `_DMI_` in it (5.2.1). Null if it is
 * sound, and then `smbios` is filled; otherwise what is wrong with it, in words.
 */
/*@ requires span_ok(bytes) && \valid(smbios);
    assigns *smbios; */
const char *smbios_read(struct span bytes, struct smbios *smbios);

/* Where in `area` a sound entry point lies, on a 16-byte boundary, `_SM3_` first; area.n if there is none. */
size_t smbios_search(struct span area);

/* Types, and the fields in them that hold the number of a string (7.1 to 7.3). */
enum smbios_type {
    SMBIOS_BIOS = 0,
    SMBIOS_SYSTEM = 1,
    SMBIOS_END_OF_TABLE = 127,
};

#define SMBIOS_BIOS_VENDOR         4
#define SMBIOS_BIOS_VERSION        5
#define SMBIOS_BIOS_DATE           8
#define SMBIOS_SYSTEM_MANUFACTURER 4
#define SMBIOS_SYSTEM_PRODUCT      5
#define SMBIOS_SYSTEM_VERSION      6

struct smbios_structure {
    uint8_t type; /* enum smbios_type, or one of many others */
    uint16_t handle;
    struct span formatted; /* the header included */
    struct span strings;   /* one after the other, each with its 0; empty if there are none */
};

struct smbios_walk {
    struct span table;
    size_t at;               /* of the next structure */
    uint32_t num_structures; /* so far, that of the end included */
    bool has_ended;          /* at the structure that says so */
    const char *error;       /* what the walk met, in words; null: nothing */
};

/* Begins a walk over `table`, which has the table_bytes that the entry point tells. */
/*@ requires span_ok(table) && \valid(walk);
    assigns *walk;
    ensures span_ok(walk->table) && walk->at <= walk->table.n; */
void smbios_begin(struct smbios_walk *walk, struct span table);

/*
 * The next structure. False behind the structure of type 127, at the end of the table, and, with an error, at
 * what cannot be passed: a structure shorter than its header, one that runs over the end of the table, one
 * whose strings do not end. In the end walk->num_structures has all there were.
 */
/*@ requires \valid(walk) && \valid(s) && \separated(walk, s);
    requires span_ok(walk->table) && walk->at <= walk->table.n;
    assigns *walk, *s;
    ensures span_ok(walk->table) && walk->at <= walk->table.n; */
bool smbios_next(struct smbios_walk *walk, struct smbios_structure *s);

/*
 * The string whose number stands at `offset` of the formatted part, without its 0. Empty if the structure
 * ends before that field, the number is 0, or there is no such string.
 */
/*@ requires \valid_read(s) && span_ok(s->formatted) && span_ok(s->strings);
    assigns \nothing;
    ensures span_ok(\result); */
struct span smbios_string(const struct smbios_structure *s, size_t offset);

/* The first structure of that type. False, and all of it empty, if there is none. */
bool smbios_find(struct span table, uint8_t type, struct smbios_structure *s);

/*
 * What is wrong with a whole table, in words: what the walk met; no structure that ends the table, where
 * nothing else tells how many there are; fewer or more than the entry point says. Null: nothing.
 */
const char *smbios_check(struct span table, const struct smbios *smbios);

#endif
