/*
 * symbols.c - names for addresses.
 */
#include "kernel/debug/symbols.h"

#define HEADER_BYTES 4
#define ENTRY_BYTES  8

static uint32_t entry_rva(struct span table, uint32_t index)
{
    return span_u32(table, HEADER_BYTES + (size_t)index * ENTRY_BYTES);
}

/* The last entry that begins at or below `rva`; `count` if there is none. */
static uint32_t find_entry(struct span table, uint32_t count, uint32_t rva)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (entry_rva(table, mid) <= rva)
            low = mid + 1;
        else
            high = mid;
    }
    return low == 0 ? count : low - 1;
}

struct symbol symbol_find(struct span table, uint32_t rva)
{
    struct symbol none = {"?", 0};
    uint32_t count = span_u32(table, 0);
    uint32_t index = find_entry(table, count, rva);

    if (index >= count)
        return none;
    uint32_t name = span_u32(table, HEADER_BYTES + (size_t)index * ENTRY_BYTES + 4);
    if (name >= table.n || table.p[table.n - 1] != 0)
        return none;
    struct symbol found = {(const char *)&table.p[name], rva - entry_rva(table, index)};
    // cppcheck-suppress returnDanglingLifetime ; the bytes outlive the span that was passed by value
    return found;
}
