/*
 * low_memory.c - physical memory below 4 GiB before the handoff: entry.S maps the image, this the rest.
 *
 * A GiB is mapped when it is first asked for, since to map all four would be most of what the entry costs.
 */
#include "legacy/low_memory.h"

#include "kernel/cpu/cpu.h"

#define LIMIT_4GIB  (UINT64_C(1) << 32)
#define PAGE_0_END  4096u
#define GIB_SHIFT   30
#define NUM_ENTRIES 512u

#define PAGE_TABLE 0x003u /* present, writable */
#define PAGE_2M    0x083u /* present, writable, large */

/* entry.S: page map level 4, page directory pointers, a page directory for each GiB. */
extern uint64_t early_tables[6][NUM_ENTRIES];

static void map_gib(uint64_t gib)
{
    uint64_t *pointer = &early_tables[1][gib], *directory = early_tables[2 + gib];

    if (*pointer != 0)
        return;
    for (uint64_t i = 0; i < NUM_ENTRIES; i++)
        directory[i] = gib << GIB_SHIFT | i << 21 | PAGE_2M;
    *pointer = (uint64_t)(uintptr_t)directory | PAGE_TABLE;
    write_cr3(read_cr3());
}

void low_memory_begin(void)
{
    map_gib(0);
}

struct span low_memory(uint64_t paddr, size_t n)
{
    struct span nothing = {0, 0};

    if (paddr < PAGE_0_END || n == 0 || n > LIMIT_4GIB || paddr > LIMIT_4GIB - n)
        return nothing;
    for (uint64_t gib = paddr >> GIB_SHIFT; gib <= (paddr + n - 1) >> GIB_SHIFT; gib++)
        map_gib(gib);
    return span_of((const void *)(uintptr_t)paddr, n);
}
