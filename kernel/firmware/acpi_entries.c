/*
 * acpi_entries.c - walking the entries of an ACPI table.
 */
#include "kernel/firmware/acpi_entries.h"

#define LENGTH    1
#define MIN_BYTES 2

void acpi_entries_begin(struct acpi_entries *entries, struct span table, size_t first)
{
    entries->table = table;
    entries->at = first < table.n ? first : table.n;
    entries->error = 0;
}

bool acpi_entries_next(struct acpi_entries *entries, struct span *entry)
{
    size_t rest = entries->table.n - entries->at;
    size_t length = span_u8(entries->table, entries->at + LENGTH);

    *entry = span_sub(entries->table, 0, 0);
    if (rest == 0)
        return false;
    if (rest < MIN_BYTES || length > rest) {
        entries->error = "its last entry is cut short";
        return false;
    }
    if (length < MIN_BYTES) {
        entries->error = "an entry of it has no length";
        return false;
    }
    *entry = span_sub(entries->table, entries->at, length);
    entries->at += length;
    return true;
}
