/*
 * page_table.h - what an entry of a page table is, for those who build, change and read them (Intel SDM vol.
 * 3A, 4.5). Others use paging.h and paging_change.h.
 *
 * An entry that maps nothing is 0. Entries never use the PAT bit, so that it need not move with the size.
 */
#ifndef KERNEL_PAGE_TABLE_H
#define KERNEL_PAGE_TABLE_H

#include "kernel/memory/paging.h"

#define ENTRY_PRESENT UINT64_C(0x001)
#define ENTRY_WRITE   UINT64_C(0x002)
#define ENTRY_USER    UINT64_C(0x004)
#define ENTRY_PWT     UINT64_C(0x008)
#define ENTRY_PCD     UINT64_C(0x010)
#define ENTRY_LARGE   UINT64_C(0x080)
#define ENTRY_NX      (UINT64_C(1) << 63)
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)
#define NUM_ENTRIES   512u /* of a table */

/* An entry of a table at `level` covers 1 << this many bytes; level 1 is the page table. */
static inline uint32_t entry_shift(uint32_t level)
{
    return 12 + 9 * (level - 1);
}

static inline uint64_t entry_span(uint32_t level)
{
    return UINT64_C(1) << entry_shift(level);
}

static inline uint64_t *table_at(const struct page_tables *tables, uint64_t paddr)
{
    return (uint64_t *)(uintptr_t)(paddr + tables->window);
}

static inline uint32_t index_at(uint32_t level, uint64_t vaddr)
{
    return (vaddr >> entry_shift(level)) % NUM_ENTRIES;
}

/* True if an entry maps memory itself, and does not lead to another table. */
static inline bool is_leaf(uint64_t entry, uint32_t level)
{
    return entry & ENTRY_PRESENT && (level == 1 || entry & ENTRY_LARGE);
}

static inline uint64_t leaf_bits(const struct page_tables *tables, uint64_t rights)
{
    uint64_t bits = ENTRY_PRESENT | (rights & ~PAGE_EXECUTE);

    if (!(rights & PAGE_EXECUTE) && tables->has_nx)
        bits |= ENTRY_NX;
    return bits;
}

/* A table to use, with anything in it; 0 if there is none. In paging.c. */
uint64_t paging_take_table(struct page_tables *tables);

#endif
