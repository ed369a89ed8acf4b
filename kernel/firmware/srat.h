/*
 * srat.h - reading the SRAT: which CPUs and which memory are near each other (ACPI 6.5, 5.2.16).
 */
#ifndef KERNEL_SRAT_H
#define KERNEL_SRAT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/firmware/acpi_entries.h"

#define SRAT_SIGNATURE "SRAT"

#define SRAT_MAX_DOMAINS 64

struct srat {
    uint32_t num_domains; /* that have memory or CPUs; the first SRAT_MAX_DOMAINS are told apart */
    const char *error;    /* what is wrong with the entries, in words; null: nothing */
};

enum srat_kind {
    SRAT_OTHER,  /* a type that means nothing to us, an entry too short for its type, or one not in use */
    SRAT_CPU,    /* apic_id */
    SRAT_MEMORY, /* base and size_bytes; may cover memory that is not there yet */
};

struct srat_entry {
    enum srat_kind kind;
    uint32_t domain; /* proximity domain: any number, the same for what is near each other */
    uint32_t apic_id;
    uint64_t base, size_bytes;
};

/* The walk over its entries: srat_begin(), then srat_next() until it is false. Errors as of madt_next(). */
/*@ requires span_ok(table) && \valid(walk);
    assigns *walk;
    ensures span_ok(walk->table) && walk->at <= walk->table.n; */
void srat_begin(struct acpi_entries *walk, struct span table);

/*@ requires \valid(walk) && \valid(entry) && \separated(walk, entry);
    requires span_ok(walk->table) && walk->at <= walk->table.n;
    assigns walk->at, walk->error, *entry;
    ensures walk->at <= walk->table.n;
    ensures \result != 0 ==> walk->at >= \old(walk->at) + 2; */
bool srat_next(struct acpi_entries *walk, struct srat_entry *entry);

/* False, and all 0, if there is no table, or one too short to hold anything. */
/*@ requires span_ok(table) && \valid(srat);
    assigns *srat; */
bool srat_read(struct span table, struct srat *srat);

#endif
