/*
 * paging.h - building page tables (Intel SDM vol. 3A, chapter 4), 4 or 5 levels.
 */
#ifndef KERNEL_PAGING_H
#define KERNEL_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/memory/address_space.h"

/* The page boundary at or below an address, and the one at or above it. */
static inline uint64_t page_floor(uint64_t address)
{
    return address & ~(PAGE_BYTES - 1);
}

static inline uint64_t page_ceil(uint64_t address)
{
    return page_floor(address + PAGE_BYTES - 1);
}

/* Rights and memory type of a mapping. Everything can be read; nothing may be writable and executable. */
#define PAGE_WRITE           UINT64_C(0x002)
#define PAGE_USER            UINT64_C(0x004)
#define PAGE_WRITE_COMBINING UINT64_C(0x008) /* PWT: entry 1 of the PAT, see paging_enable_features() */
#define PAGE_UNCACHED        UINT64_C(0x018) /* PWT and PCD: entry 3 of the PAT */
#define PAGE_EXECUTE         UINT64_C(0x200) /* ours: stands for a clear NX bit */

struct page_tables {
    uint64_t root_paddr;
    uint64_t next_paddr, limit_paddr; /* where the next table is taken from: unused RAM, page-aligned */
    uint64_t spare_paddr; /* and then: tables that are not used, each beginning with the next's address */
    uint32_t num_spare, num_kept; /* so many of them, the last of which are not taken (paging_change.h) */
    uint64_t window;              /* a table at physical address p is reached at p + window */
    uint32_t num_levels;          /* 4 or 5 */
    bool has_nx, has_1gib_pages;
};

/*
 * Begins empty tables in [base, limit), physical addresses reached at + `window`. Number of levels and
 * features are those of the CPU this runs on. False if there is no room.
 */
bool paging_begin(struct page_tables *tables, uint64_t base, uint64_t limit, uint64_t window);

/*
 * Maps [vaddr, vaddr + size) to [paddr, paddr + size), with the largest pages that fit. All three are
 * multiples of 4096; vaddr is canonical. What was mapped before stays as it was. False when the
 * room for tables is used up: the beginning of the range is mapped then.
 */
bool paging_map(struct page_tables *tables, uint64_t vaddr, uint64_t paddr, uint64_t size, uint64_t rights);

/*
 * For the switch from other tables, whose root is at `root_paddr`, to these: the code at `vaddr` must be
 * mapped on both sides. Borrows what the other tables say of the part of the address space around it, 512 GiB
 * or 256 TiB, in which these have nothing. paging_return() gives it back, once these tables are live, and
 * flushes the TLB.
 */
void paging_borrow(struct page_tables *tables, uint64_t root_paddr, uint64_t vaddr);
void paging_return(struct page_tables *tables, uint64_t vaddr);

/* True if `vaddr` is mapped in these tables. */
bool paging_is_mapped(const struct page_tables *tables, uint64_t vaddr);

/*
 * Makes the CPU ready for such tables: NX, write protection, caches on, no global pages (they would survive
 * the switch), and entry 1 of the PAT write-combining instead of write-through (SDM vol. 3A, 4.10.4 and
 * 11.12). Sets only bits that CPUID announces.
 */
void paging_enable_features(void);

#endif
