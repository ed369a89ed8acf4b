/*
 * smbios.c - the firmware's name, from the SMBIOS tables.
 */
#include "kernel/firmware/smbios.h"

#include <stdbool.h>

#include "kernel/lib/checksum.h"

#define ANCHOR_32        0x5f4d535fu /* "_SM_" */
#define ANCHOR_64        0x334d535fu /* "_SM3", the fifth byte is '_' */
#define ANCHOR_ALIGNMENT 16
#define END_OF_TABLE     127

static bool is_entry_64(struct span bytes)
{
    return span_u32(bytes, 0) == ANCHOR_64 && span_u8(bytes, 4) == '_';
}

static bool sum_is_0(struct span bytes, size_t length, size_t least)
{
    return length >= least && length <= bytes.n && checksum8(span_sub(bytes, 0, length)) == 0;
}

const char *smbios_read(struct span bytes, struct smbios *smbios)
{
    if (is_entry_64(bytes)) {
        if (!sum_is_0(bytes, span_u8(bytes, 6), 24))
            return "wrong checksum or length";
        smbios->major = span_u8(bytes, 7);
        smbios->minor = span_u8(bytes, 8);
        smbios->table_bytes = span_u32(bytes, 12);
        smbios->table_paddr = span_u64(bytes, 16);
        return 0;
    }
    if (span_u32(bytes, 0) != ANCHOR_32)
        return "no anchor";
    /* SMBIOS 2.1 gives the length as 0x1e though it is 0x1f. */
    if (!sum_is_0(bytes, span_u8(bytes, 5), 0x1e))
        return "wrong checksum or length";
    smbios->major = span_u8(bytes, 6);
    smbios->minor = span_u8(bytes, 7);
    smbios->table_bytes = span_u16(bytes, 0x16);
    smbios->table_paddr = span_u32(bytes, 0x18);
    return 0;
}

static size_t search(struct span area, uint32_t anchor)
{
    struct smbios smbios;

    for (size_t at = 0; at < area.n; at += ANCHOR_ALIGNMENT) {
        if (span_u32(area, at) != anchor)
            continue;
        size_t n = area.n - at < SMBIOS_ENTRY_BYTES ? area.n - at : SMBIOS_ENTRY_BYTES;
        if (smbios_read(span_sub(area, at, n), &smbios) == 0)
            return at;
    }
    return area.n;
}

size_t smbios_search(struct span area)
{
    size_t at = search(area, ANCHOR_64);

    return at < area.n ? at : search(area, ANCHOR_32);
}

/* The end of the string that begins at `at`: the offset of its closing 0, or table.n. */
static size_t string_end(struct span table, size_t at)
{
    while (at < table.n && span_u8(table, at) != 0)
        at++;
    return at;
}

/* The first byte behind the structure whose strings begin at `at`: behind two bytes of 0. */
static size_t structure_end(struct span table, size_t at)
{
    while (at < table.n && (span_u8(table, at) != 0 || span_u8(table, at + 1) != 0))
        at++;
    return table.n - at < 2 ? table.n : at + 2;
}

static struct span nth_string(struct span table, size_t at, uint32_t number)
{
    for (uint32_t i = 1; i < number && at < table.n && span_u8(table, at) != 0; i++)
        at = string_end(table, at) + 1;
    if (number == 0 || at >= table.n)
        return span_sub(table, 0, 0);
    return span_sub(table, at, string_end(table, at) - at);
}

struct span smbios_string(struct span table, uint8_t type, size_t offset)
{
    for (size_t at = 0; at < table.n;) {
        size_t length = span_u8(table, at + 1);

        if (length < 4 || span_u8(table, at) == END_OF_TABLE || length > table.n - at)
            break;
        if (span_u8(table, at) == type && offset < length)
            return nth_string(table, at + length, span_u8(table, at + offset));
        at = structure_end(table, at + length);
    }
    return span_sub(table, 0, 0);
}
