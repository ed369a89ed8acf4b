/*
 * smbios.c - walking the SMBIOS tables.
 */
#include "kernel/firmware/smbios.h"

#include "kernel/lib/checksum.h"

#define ANCHOR_32        0x5f4d535fu /* "_SM_" */
#define ANCHOR_64        0x334d535fu /* "_SM3", the fifth byte is '_' */
#define ANCHOR_DMI       0x494d445fu /* "_DMI", the fifth byte is '_' */
#define ANCHOR_ALIGNMENT 16

/* Of the entry points. */
#define BYTES_64       24
#define BYTES_32       0x1f
#define DMI            0x10
#define DMI_BYTES      15
#define TABLE_BYTES    0x16
#define TABLE_PADDR    0x18
#define NUM_STRUCTURES 0x1c

static bool is_entry_64(struct span bytes)
{
    return span_u32(bytes, 0) == ANCHOR_64 && span_u8(bytes, 4) == '_';
}

static bool sum_is_0(struct span bytes, size_t length, size_t least)
{
    return length >= least && length <= bytes.n && checksum8(span_sub(bytes, 0, length)) == 0;
}

static const char *read_64(struct span bytes, struct smbios *smbios)
{
    if (!sum_is_0(bytes, span_u8(bytes, 6), BYTES_64))
        return "wrong checksum or length";
    smbios->major = span_u8(bytes, 7);
    smbios->minor = span_u8(bytes, 8);
    smbios->table_bytes = span_u32(bytes, 12);
    smbios->table_paddr = span_u64(bytes, 16);
    smbios->num_structures = 0;
    return 0;
}

static const char *read_32(struct span bytes, struct smbios *smbios)
{
    /* SMBIOS 2.1 gives the length as 0x1e though it is 0x1f. */
    size_t length = span_u8(bytes, 5) == BYTES_32 - 1 ? BYTES_32 : span_u8(bytes, 5);

    if (!sum_is_0(bytes, length, BYTES_32))
        return "wrong checksum or length";
    if (span_u32(bytes, DMI) != ANCHOR_DMI || span_u8(bytes, DMI + 4) != '_')
        return "no intermediate anchor";
    if (checksum8(span_sub(bytes, DMI, DMI_BYTES)) != 0)
        return "wrong intermediate checksum";
    smbios->major = span_u8(bytes, 6);
    smbios->minor = span_u8(bytes, 7);
    smbios->table_bytes = span_u16(bytes, TABLE_BYTES);
    smbios->table_paddr = span_u32(bytes, TABLE_PADDR);
    smbios->num_structures = span_u16(bytes, NUM_STRUCTURES);
    return 0;
}

const char *smbios_read(struct span bytes, struct smbios *smbios)
{
    if (is_entry_64(bytes))
        return read_64(bytes, smbios);
    return span_u32(bytes, 0) == ANCHOR_32 ? read_32(bytes, smbios) : "no anchor";
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

void smbios_begin(struct smbios_walk *walk, struct span table)
{
    walk->table = table;
    walk->at = 0;
    walk->num_structures = 0;
    walk->has_ended = false;
    walk->error = 0;
}

/* The offset of the 0 that ends the string at `at`; bytes.n if nothing does. */
/*@ requires span_ok(bytes);
    assigns \nothing;
    ensures at <= bytes.n ==> at <= \result <= bytes.n; */
static size_t string_end(struct span bytes, size_t at)
{
    /*@ loop invariant \at(at, Pre) <= bytes.n ==> \at(at, Pre) <= at <= bytes.n;
        loop assigns at;
        loop variant bytes.n - at; */
    while (at < bytes.n && span_u8(bytes, at) != 0)
        at++;
    return at;
}

/* How many bytes the strings at the beginning of `bytes` have, up to the 0 behind them, which every structure
 * has; where there are none, that is two bytes of 0. bytes.n if they do not end. */
/*@ requires span_ok(bytes);
    assigns \nothing;
    ensures \result <= bytes.n; */
static size_t strings_length(struct span bytes)
{
    size_t at = 0;

    /*@ loop invariant at <= bytes.n;
        loop assigns at;
        loop variant bytes.n - at; */
    while (at < bytes.n && span_u8(bytes, at) != 0) {
        size_t end = string_end(bytes, at);

        at = end < bytes.n ? end + 1 : bytes.n;
    }
    return at;
}

static const char *take(struct span rest, struct smbios_structure *s, size_t *taken)
{
    size_t length = span_u8(rest, 1);

    if (rest.n < SMBIOS_HEADER_BYTES || length > rest.n)
        return "a structure runs over its end";
    if (length < SMBIOS_HEADER_BYTES)
        return "a structure is shorter than its header";
    struct span behind = span_sub(rest, length, rest.n - length);
    size_t strings = strings_length(behind), padding = strings == 0 ? 2 : 1;
    if (behind.n - strings < padding)
        return "the strings of a structure do not end";
    s->type = span_u8(rest, 0);
    s->handle = span_u16(rest, 2);
    s->formatted = span_sub(rest, 0, length);
    s->strings = span_sub(behind, 0, strings);
    *taken = length + strings + padding;
    return 0;
}

bool smbios_next(struct smbios_walk *walk, struct smbios_structure *s)
{
    struct span rest = span_sub(walk->table, walk->at, walk->table.n - walk->at);
    size_t taken = 0;

    if (rest.n == 0 || walk->has_ended || walk->error != 0)
        return false;
    walk->error = take(rest, s, &taken);
    if (walk->error != 0)
        return false;
    walk->at += taken;
    walk->num_structures++;
    walk->has_ended = s->type == SMBIOS_END_OF_TABLE;
    return true;
}

struct span smbios_string(const struct smbios_structure *s, size_t offset)
{
    uint32_t number = span_u8(s->formatted, offset);
    size_t at = 0;

    /*@ loop invariant at <= s->strings.n;
        loop assigns at, number;
        loop variant number; */
    for (; number > 1 && at < s->strings.n; number--) {
        size_t end = string_end(s->strings, at);

        at = end < s->strings.n ? end + 1 : end;
    }
    return number == 0 ? span_sub(s->strings, 0, 0)
                       : span_sub(s->strings, at, string_end(s->strings, at) - at);
}

bool smbios_find(struct span table, uint8_t type, struct smbios_structure *s)
{
    static const struct smbios_structure nothing = {0};
    struct smbios_walk walk;

    smbios_begin(&walk, table);
    while (smbios_next(&walk, s)) {
        if (s->type == type)
            return true;
    }
    *s = nothing;
    return false;
}

const char *smbios_check(struct span table, const struct smbios *smbios)
{
    struct smbios_structure s;
    struct smbios_walk walk;

    if (table.n == 0)
        return "table cannot be mapped";
    smbios_begin(&walk, table);
    while (smbios_next(&walk, &s))
        ;
    if (walk.error != 0)
        return walk.error;
    if (smbios->num_structures == 0)
        return walk.has_ended ? 0 : "no structure ends the table";
    if (walk.num_structures != smbios->num_structures)
        return walk.num_structures < smbios->num_structures ? "fewer structures than it says"
                                                            : "more structures than it says";
    return 0;
}
