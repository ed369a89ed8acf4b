/*
 * madt.h - reading the MADT: the machine's CPUs and interrupt controllers (ACPI 6.5, 5.2.12).
 */
#ifndef KERNEL_MADT_H
#define KERNEL_MADT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/firmware/acpi_entries.h"

#define MADT_SIGNATURE "APIC"
#define MADT_ALL_CPUS  UINT32_MAX

struct madt {
    uint64_t local_apic_paddr; /* as the 64-bit override has it, where there is one */
    const char *error;         /* what is wrong with the entries, in words; null: nothing */
    bool has_8259;             /* two 8259 PICs, to be masked once the APICs are used */
};

enum madt_kind {
    MADT_OTHER,      /* a type that means nothing to us, or an entry too short for its type: nothing is set */
    MADT_CPU,        /* uid, id: its APIC ID; is_enabled, is_online_capable */
    MADT_IO_APIC,    /* id, paddr, gsi: the first of its inputs */
    MADT_OVERRIDE,   /* source: an ISA interrupt, gsi: what it arrives as; is_active_low, is_level */
    MADT_NMI_SOURCE, /* gsi, is_active_low, is_level */
    MADT_LOCAL_NMI,  /* uid, or MADT_ALL_CPUS; lint: 0 or 1; is_active_low, is_level */
    MADT_APIC_MOVED, /* paddr of the local APICs; madt_read() has it already */
};

/* What its kind does not name is 0. */
struct madt_entry {
    enum madt_kind kind;
    bool
        is_x2apic; /* a CPU, or an NMI, told by the entry for x2APIC IDs; either entry may tell any of them */
    bool is_enabled, is_online_capable; /* never of a CPU whose ID is that of all CPUs */
    bool is_active_low, is_level;       /* false where it is left to the bus: so ISA has it */
    uint8_t source, lint;
    uint32_t uid, id, gsi;
    uint64_t paddr;
};

/* False, and nothing set, if there is no table, or one too short to hold anything. */
/*@ requires span_ok(table) && \valid(madt);
    assigns *madt; */
bool madt_read(struct span table, struct madt *madt);

/*
 * The walk over its entries: madt_begin(), then madt_next() until it is false. walk->error then says what is
 * wrong with the table, or is null; of entries too short for their types the walk goes on.
 */
/*@ requires span_ok(table) && \valid(walk);
    assigns *walk;
    ensures span_ok(walk->table) && walk->at <= walk->table.n; */
void madt_begin(struct acpi_entries *walk, struct span table);

/*@ requires \valid(walk) && \valid(entry) && \separated(walk, entry);
    requires span_ok(walk->table) && walk->at <= walk->table.n;
    assigns walk->at, walk->error, *entry;
    ensures walk->at <= walk->table.n;
    ensures \result != 0 ==> walk->at >= \old(walk->at) + 2; */
bool madt_next(struct acpi_entries *walk, struct madt_entry *entry);

#endif
