/*
 * srat.c - reading the SRAT.
 */
#include "kernel/firmware/srat.h"

#define REVISION 8
#define ENTRIES  48

#define ENABLED 1u /* in the flags of every type */

enum entry_type { TYPE_CPU = 0, TYPE_MEMORY = 1, TYPE_X2APIC = 2, NUM_TYPES };

/* Bytes that an entry must have, and where its flags are. */
static const uint8_t min_bytes[NUM_TYPES] = {16, 40, 24}, flags_at[NUM_TYPES] = {4, 28, 12};

/* Up to revision 1 a domain has 8 bits, and what became its other bytes holds anything. */
/*@ requires span_ok(bytes) && \valid(e) && type < NUM_TYPES;
    assigns *e; */
static void take_entry(struct span bytes, uint32_t type, uint32_t domain_mask, struct srat_entry *e)
{
    if (type == TYPE_CPU) {
        e->kind = SRAT_CPU;
        e->domain = (span_u32(bytes, 8) & 0xffffff00u) | span_u8(bytes, 2);
        e->apic_id = span_u8(bytes, 3);
    } else if (type == TYPE_X2APIC) {
        e->kind = SRAT_CPU;
        e->domain = span_u32(bytes, 4);
        e->apic_id = span_u32(bytes, 8);
    } else {
        e->kind = SRAT_MEMORY;
        e->domain = span_u32(bytes, 2);
        e->base = span_u64(bytes, 8);
        e->size_bytes = span_u64(bytes, 16);
    }
    e->domain &= domain_mask;
}

void srat_begin(struct acpi_entries *walk, struct span table)
{
    acpi_entries_begin(walk, table, ENTRIES);
}

bool srat_next(struct acpi_entries *walk, struct srat_entry *entry)
{
    static const struct srat_entry nothing = {.kind = SRAT_OTHER};
    struct span bytes;

    *entry = nothing;
    if (!acpi_entries_next(walk, &bytes))
        return false;
    uint32_t type = span_u8(bytes, 0);
    if (type >= NUM_TYPES)
        return true;
    if (bytes.n < min_bytes[type])
        walk->error = "an entry of it is too short";
    else if ((span_u32(bytes, flags_at[type]) & ENABLED) != 0)
        take_entry(bytes, type, span_u8(walk->table, REVISION) < 2 ? 0xff : UINT32_MAX, entry);
    return true;
}

/*@ requires \valid_read(seen + (0 .. num_seen - 1));
    assigns \nothing; */
static bool is_seen(const uint32_t *seen, uint32_t num_seen, uint32_t domain)
{
    /*@ loop invariant i <= num_seen;
        loop assigns i;
        loop variant num_seen - i; */
    for (uint32_t i = 0; i < num_seen; i++) {
        if (seen[i] == domain)
            return true;
    }
    return false;
}

bool srat_read(struct span table, struct srat *srat)
{
    uint32_t seen[SRAT_MAX_DOMAINS], num_seen = 0;
    struct acpi_entries walk;
    struct srat_entry entry;

    srat_begin(&walk, table);
    /*@ loop invariant span_ok(walk.table) && walk.at <= walk.table.n && num_seen <= SRAT_MAX_DOMAINS;
        loop assigns walk, entry, num_seen, seen[0 .. SRAT_MAX_DOMAINS - 1];
        loop variant walk.table.n - walk.at; */
    while (srat_next(&walk, &entry)) {
        if (entry.kind != SRAT_OTHER && num_seen < SRAT_MAX_DOMAINS && !is_seen(seen, num_seen, entry.domain))
            seen[num_seen++] = entry.domain;
    }
    srat->num_domains = num_seen;
    srat->error = walk.error;
    return table.n >= ENTRIES;
}
