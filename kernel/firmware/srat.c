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

uint32_t srat_num_domains(struct span table)
{
    uint32_t seen[SRAT_MAX_DOMAINS], num_seen = 0;
    struct acpi_entries walk;
    struct srat_entry entry;

    srat_begin(&walk, table);
    /*@ loop invariant span_ok(walk.table) && walk.at <= walk.table.n && num_seen <= SRAT_MAX_DOMAINS;
        loop assigns walk, entry, num_seen, seen[0 .. SRAT_MAX_DOMAINS - 1];
        loop variant walk.table.n - walk.at; */
    while (srat_next(&walk, &entry)) {
        uint32_t i = 0;

        if (entry.kind == SRAT_OTHER)
            continue;
        /*@ loop invariant i <= num_seen;
            loop assigns i;
            loop variant num_seen - i; */
        while (i < num_seen && seen[i] != entry.domain)
            i++;
        if (i == num_seen && num_seen < SRAT_MAX_DOMAINS)
            seen[num_seen++] = entry.domain;
    }
    return num_seen;
}
