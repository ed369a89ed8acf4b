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

/* Bytes that an entry must have; 0: a type that means nothing to us. */
static const uint8_t min_bytes[NUM_TYPES] = {
    [TYPE_LOCAL_APIC] = 8, [TYPE_IO_APIC] = 12,    [TYPE_OVERRIDE] = 10, [TYPE_NMI_SOURCE] = 8,
    [TYPE_LOCAL_NMI] = 6,  [TYPE_APIC_MOVED] = 12, [TYPE_X2APIC] = 16,   [TYPE_X2APIC_NMI] = 12,
};

/*@ requires \valid(e);
    assigns e->kind, e->uid, e->id, e->is_enabled, e->is_online_capable; */
static void take_cpu(struct madt_entry *e, uint32_t uid, uint32_t id, uint32_t flags, uint32_t no_id)
{
    e->kind = MADT_CPU;
    e->uid = uid;
    e->id = id;
    e->is_enabled = (flags & CPU_ENABLED) != 0 && id != no_id;
    e->is_online_capable = (flags & CPU_ONLINE_CAPABLE) != 0 && id != no_id;
}

/*@ requires \valid(e);
    assigns e->kind, e->is_active_low, e->is_level; */
static void take_input(struct madt_entry *e, enum madt_kind kind, uint32_t flags)
{
    e->kind = kind;
    e->is_active_low = (flags & POLARITY) == ACTIVE_LOW;
    e->is_level = (flags & TRIGGER) == LEVEL;
}

/* An entry long enough for its type. */
/*@ requires span_ok(bytes) && \valid(e);
    assigns *e; */
static void take_entry(struct span bytes, uint32_t type, struct madt_entry *e)
{
    uint32_t uid = span_u8(bytes, 2);

    switch (type) {
    case TYPE_LOCAL_APIC:
        take_cpu(e, uid, span_u8(bytes, 3), span_u32(bytes, 4), NO_APIC_ID);
        break;
    case TYPE_X2APIC:
        e->is_x2apic = true;
        take_cpu(e, span_u32(bytes, 12), span_u32(bytes, 4), span_u32(bytes, 8), NO_X2APIC_ID);
        break;
    case TYPE_IO_APIC:
        e->kind = MADT_IO_APIC;
        e->id = span_u8(bytes, 2);
        e->paddr = span_u32(bytes, 4);
        e->gsi = span_u32(bytes, 8);
        break;
    case TYPE_OVERRIDE:
        take_input(e, MADT_OVERRIDE, span_u16(bytes, 8));
        e->source = span_u8(bytes, 3);
        e->gsi = span_u32(bytes, 4);
        break;
    case TYPE_NMI_SOURCE:
        take_input(e, MADT_NMI_SOURCE, span_u16(bytes, 2));
        e->gsi = span_u32(bytes, 4);
        break;
    case TYPE_LOCAL_NMI:
        take_input(e, MADT_LOCAL_NMI, span_u16(bytes, 3));
        e->uid = uid == ALL_PROCESSORS ? MADT_ALL_CPUS : uid;
        e->lint = span_u8(bytes, 5);
        break;
    case TYPE_X2APIC_NMI:
        e->is_x2apic = true;
        take_input(e, MADT_LOCAL_NMI, span_u16(bytes, 2));
        e->uid = span_u32(bytes, 4);
        e->lint = span_u8(bytes, 8);
        break;
    case TYPE_APIC_MOVED:
        e->kind = MADT_APIC_MOVED;
        e->paddr = span_u64(bytes, 4);
        break;
    default:
        break;
    }
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
    if (bytes.n < min_bytes[type])
        walk->error = "an entry of it is too short";
    else
        take_entry(bytes, type, entry);
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
