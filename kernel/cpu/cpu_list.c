/*
 * cpu_list.c - which CPUs of the machine there are to start.
 */
#include "kernel/cpu/cpu_list.h"

#include <stdbool.h>

#include "kernel/firmware/madt.h"

static bool is_in(const uint32_t *ids, uint32_t n, uint32_t id)
{
    for (uint32_t i = 0; i < n; i++) {
        if (ids[i] == id)
            return true;
    }
    return false;
}

uint32_t cpu_list_read(struct span madt, uint32_t own_id, uint32_t *ids, uint32_t max)
{
    struct acpi_entries walk;
    struct madt_entry entry;
    uint32_t n = 0;

    madt_begin(&walk, madt);
    while (madt_next(&walk, &entry)) {
        if (entry.kind != MADT_CPU || !entry.is_enabled || entry.id == own_id)
            continue;
        if (is_in(ids, n < max ? n : max, entry.id))
            continue;
        if (n < max)
            ids[n] = entry.id;
        n++;
    }
    return n;
}
