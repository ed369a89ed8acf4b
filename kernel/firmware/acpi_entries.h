/*
 * acpi_entries.h - walking the entries of an ACPI table: each begins with its type and its length, a byte
 * each.
 */
#ifndef KERNEL_ACPI_ENTRIES_H
#define KERNEL_ACPI_ENTRIES_H

#include <stdbool.h>

#include "kernel/lib/span.h"

struct acpi_entries {
    struct span table;
    size_t at;         /* of the next entry */
    const char *error; /* what the walk met, in words; null: nothing */
};

/* Begins a walk over the entries of `table` from `first` on. */
/*@ requires span_ok(table) && \valid(entries);
    assigns *entries;
    ensures span_ok(entries->table) && entries->at <= entries->table.n; */
void acpi_entries_begin(struct acpi_entries *entries, struct span table, size_t first);

/*
 * The next entry, its type and length included: at least 2 bytes. False at the end of the table, and, with an
 * error, at an entry that cannot be passed: its length is 0 or 1, or runs over the end.
 */
/*@ requires \valid(entries) && \valid(entry) && \separated(entries, entry);
    requires span_ok(entries->table) && entries->at <= entries->table.n;
    assigns entries->at, entries->error, *entry;
    ensures span_ok(*entry) && entries->at <= entries->table.n;
    ensures \result != 0 ==> entry->n >= 2 && entries->at >= \old(entries->at) + 2; */
bool acpi_entries_next(struct acpi_entries *entries, struct span *entry);

#endif
