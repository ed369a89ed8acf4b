/*
 * madt.c - reading the MADT.
 */
#include "kernel/firmware/madt.h"

#define LOCAL_APIC 36
#define FLAGS      40
#define ENTRIES    44

#define PCAT_COMPAT 1u /* in FLAGS */

/* Of a CPU. */
#define CPU_ENABLED        1u
#define CPU_ONLINE_CAPABLE 2u
#define NO_APIC_ID         0xffu
#define NO_X2APIC_ID       UINT32_MAX

/* MPS INTI flags: polarity in the lowest two bits, trigger mode in the next; 0: as the bus has it. */
#define POLARITY   3u
#define ACTIVE_LOW 3u
#define TRIGGER    12u
#define LEVEL      12u

#define ALL_PROCESSORS 0xffu

enum entry_type {
    TYPE_LOCAL_APIC = 0,
    TYPE_IO_APIC = 1,
    TYPE_OVERRIDE = 2,
    TYPE_NMI_SOURCE = 3,
    TYPE_LOCAL_NMI = 4,
    TYPE_APIC_MOVED = 5,
    TYPE_X2APIC = 9,
    TYPE_X2APIC_NMI = 10,
    NUM_TYPES
};

/* Where an entry of each type has what; offset 0: it has none. Kind 0: a type that means nothing to us. */
struct layout {
    uint8_t kind; /* enum madt_kind */
    uint8_t min_bytes;
    uint8_t uid, id; /* of 32 bits in the entries for x2APIC IDs, otherwise of 8 */
    uint8_t flags, gsi, paddr, source, lint;
    bool is_x2apic;
};

static const struct layout layouts[NUM_TYPES] = {
    [TYPE_LOCAL_APIC] = {.kind = MADT_CPU, .min_bytes = 8, .uid = 2, .id = 3, .flags = 4},
    [TYPE_IO_APIC] = {.kind = MADT_IO_APIC, .min_bytes = 12, .id = 2, .paddr = 4, .gsi = 8},
    [TYPE_OVERRIDE] = {.kind = MADT_OVERRIDE, .min_bytes = 10, .source = 3, .gsi = 4, .flags = 8},
    [TYPE_NMI_SOURCE] = {.kind = MADT_NMI_SOURCE, .min_bytes = 8, .flags = 2, .gsi = 4},
    [TYPE_LOCAL_NMI] = {.kind = MADT_LOCAL_NMI, .min_bytes = 6, .uid = 2, .flags = 3, .lint = 5},
    [TYPE_APIC_MOVED] = {.kind = MADT_APIC_MOVED, .min_bytes = 12, .paddr = 4},
    [TYPE_X2APIC] = {.kind = MADT_CPU, .min_bytes = 16, .id = 4, .flags = 8, .uid = 12, .is_x2apic = true},
    [TYPE_X2APIC_NMI] =
        {.kind = MADT_LOCAL_NMI, .min_bytes = 12, .flags = 2, .uid = 4, .lint = 8, .is_x2apic = true},
};

/* The number of 1, 2 or 4 bytes at `at`; 0 if that is 0. */
/*@ requires span_ok(entry) && at <= 255;
    assigns \nothing; */
static uint32_t number_at(struct span entry, uint32_t at, uint32_t num_bytes)
{
    if (at == 0)
        return 0;
    return num_bytes == 1 ? span_u8(entry, at) : num_bytes == 2 ? span_u16(entry, at) : span_u32(entry, at);
}

/* What its flags mean depends on what it is. */
/*@ requires \valid(e);
    assigns e->is_enabled, e->is_online_capable, e->is_active_low, e->is_level; */
static void take_flags(struct madt_entry *e, uint32_t flags)
{
    uint32_t no_id = e->is_x2apic ? NO_X2APIC_ID : NO_APIC_ID;

    if (e->kind == MADT_CPU) {
        e->is_enabled = (flags & CPU_ENABLED) != 0 && e->id != no_id;
        e->is_online_capable = (flags & CPU_ONLINE_CAPABLE) != 0 && e->id != no_id;
    } else {
        e->is_active_low = (flags & POLARITY) == ACTIVE_LOW;
        e->is_level = (flags & TRIGGER) == LEVEL;
    }
}

/* An entry long enough for its type. */
/*@ requires span_ok(entry) && \valid(e) && \valid_read(layout) && \separated(e, layout);
    assigns *e; */
static void take_entry(struct span entry, const struct layout *layout, struct madt_entry *e)
{
    uint32_t id_bytes = layout->is_x2apic ? 4 : 1;

    e->kind = layout->kind;
    e->is_x2apic = layout->is_x2apic;
    e->uid = number_at(entry, layout->uid, id_bytes);
    e->id = number_at(entry, layout->id, id_bytes);
    e->gsi = number_at(entry, layout->gsi, 4);
    e->paddr = number_at(entry, layout->paddr, 4);
    e->source = (uint8_t)number_at(entry, layout->source, 1);
    e->lint = (uint8_t)number_at(entry, layout->lint, 1);
    take_flags(e, number_at(entry, layout->flags, 2));
    if (e->kind == MADT_LOCAL_NMI && !e->is_x2apic && e->uid == ALL_PROCESSORS)
        e->uid = MADT_ALL_CPUS;
    if (e->kind == MADT_APIC_MOVED)
        e->paddr = span_u64(entry, layout->paddr);
}

void madt_begin(struct acpi_entries *walk, struct span table)
{
    acpi_entries_begin(walk, table, ENTRIES);
}

bool madt_next(struct acpi_entries *walk, struct madt_entry *entry)
{
    static const struct madt_entry nothing = {.kind = MADT_OTHER};
    struct span bytes;

    *entry = nothing;
    if (!acpi_entries_next(walk, &bytes))
        return false;
    uint32_t type = span_u8(bytes, 0);
    if (type >= NUM_TYPES)
        return true;
    if (bytes.n < layouts[type].min_bytes)
        walk->error = "an entry of it is too short";
    else
        take_entry(bytes, &layouts[type], entry);
    return true;
}

bool madt_read(struct span table, struct madt *madt)
{
    struct acpi_entries walk;
    struct madt_entry entry;

    if (table.n < ENTRIES)
        return false;
    madt->local_apic_paddr = span_u32(table, LOCAL_APIC);
    madt->has_8259 = (span_u32(table, FLAGS) & PCAT_COMPAT) != 0;
    madt_begin(&walk, table);
    /*@ loop invariant span_ok(walk.table) && walk.at <= walk.table.n;
        loop assigns walk, entry, madt->local_apic_paddr;
        loop variant walk.table.n - walk.at; */
    while (madt_next(&walk, &entry)) {
        if (entry.kind == MADT_APIC_MOVED)
            madt->local_apic_paddr = entry.paddr;
    }
    madt->error = walk.error;
    return true;
}
