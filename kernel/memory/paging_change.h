/*
 * paging_change.h - changing page tables that are in use, 4 or 5 levels, pages of 4 KiB, 2 MiB and 1 GiB.
 *
 * Where only part of a large page is meant it is split. Whoever may still remember the old translation is
 * told (tlb_flush()) before this comes back, and before a table that became empty is used for anything else.
 * Virtual addresses and sizes are multiples of 4096, ranges do not wrap, addresses are canonical. One change
 * at a time: for the kernel's own tables kernel_map.h sees to that.
 */
#ifndef KERNEL_PAGING_CHANGE_H
#define KERNEL_PAGING_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/memory/paging.h"

/* So many spare tables are kept for reaching the memory of new ones: see paging_keep(). */
#define PAGING_KEPT 8

/* Removes what is mapped in [vaddr, vaddr + size); holes are fine. False, and no change: no room to split. */
bool paging_unmap(struct page_tables *tables, uint64_t vaddr, uint64_t size);

/*
 * Gives what is mapped in [vaddr, vaddr + size) the rights PAGE_WRITE, PAGE_EXECUTE and PAGE_USER of
 * `rights`, no others; memory types stay, holes are fine. False, and no change: there is no room to split, or
 * the rights are both to write and to execute.
 */
bool paging_protect(struct page_tables *tables, uint64_t vaddr, uint64_t size, uint64_t rights);

/* A page, or a piece of address space where nothing is mapped. */
struct page {
    uint64_t vaddr, bytes;
    uint64_t paddr;  /* of vaddr */
    uint64_t rights; /* of the whole path, and the memory type */
};

/* True if something is mapped at `vaddr`. `page` tells what; if nothing, how much of the nothing around it
 * one entry covers. */
bool paging_find(const struct page_tables *tables, uint64_t vaddr, struct page *page);

/*
 * Adds an unused page of RAM, reached through the window, to the spare tables. Tables that become empty are
 * added, too; paging_take_back() gives one of more than `num` spare ones away, but none of those that the
 * handoff made room for; 0 if there is none.
 */
void paging_add_table(struct page_tables *tables, uint64_t paddr);
uint64_t paging_take_back(struct page_tables *tables, uint32_t num);

/*
 * Keeps the last `num` spare tables from being used, or no longer (0). So there are some when memory has to
 * be mapped that new tables are made of. Room that the handoff left becomes spare tables.
 */
void paging_keep(struct page_tables *tables, uint32_t num);

#endif
