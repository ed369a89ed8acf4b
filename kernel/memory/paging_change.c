/*
 * paging_change.c - changing page tables that are in use.
 */
#include "kernel/memory/paging_change.h"

#include "kernel/cpu/cpu.h"
#include "kernel/memory/page_table.h"
#include "kernel/memory/tlb.h"

#define RIGHTS_BITS (ENTRY_WRITE | ENTRY_USER | ENTRY_NX)

/* What is still to be changed: the bits RIGHTS_BITS become `bits`, or nothing is left. */
struct change {
    uint64_t vaddr, size;
    uint64_t bits;
    bool removes;
    uint64_t
        emptied_paddr; /* tables that nothing is mapped in any more, each beginning with the next's address */
};

static void advance(struct change *c, uint64_t bytes)
{
    if (bytes > c->size)
        bytes = c->size;
    c->vaddr += bytes;
    c->size -= bytes;
}

static bool leads_to_table(uint64_t entry, uint32_t level)
{
    return entry != 0 && !is_leaf(entry, level);
}

/* Tables in use may be walked until the TLB is flushed: the address that links them has no present bit. */
static void remove_if_empty(const struct page_tables *tables, uint64_t *entry, struct change *c)
{
    uint64_t paddr = *entry & ENTRY_ADDRESS, *entries = table_at(tables, paddr);

    if (count_zero_words(entries, NUM_ENTRIES) < NUM_ENTRIES)
        return;
    *entry = 0;
    *entries = c->emptied_paddr;
    c->emptied_paddr = paddr;
}

/* Changes what of the range lies in this table. Large pages lie in it as a whole. */
static void change_in_table(const struct page_tables *tables, uint64_t table_paddr, uint32_t level,
                            struct change *c)
{
    uint64_t *entries = table_at(tables, table_paddr);

    for (uint32_t i = index_at(level, c->vaddr); i < NUM_ENTRIES && c->size > 0; i++) {
        if (leads_to_table(entries[i], level)) {
            entries[i] |= c->bits & ENTRY_USER;
            change_in_table(tables, entries[i] & ENTRY_ADDRESS, level - 1, c);
            if (c->removes)
                remove_if_empty(tables, &entries[i], c);
            continue;
        }
        if (c->removes)
            entries[i] = 0;
        else if (entries[i] != 0)
            entries[i] = (entries[i] & ~RIGHTS_BITS) | c->bits;
        advance(c, entry_span(level) - c->vaddr % entry_span(level));
    }
}

/* The same memory, with the same rights, through a table of smaller pages. */
static bool split(struct page_tables *tables, uint64_t *entry, uint32_t level)
{
    uint64_t paddr = paging_take_table(tables), *entries = table_at(tables, paddr);
    uint64_t leaf = level == 2 ? *entry & ~ENTRY_LARGE : *entry;

    if (paddr == 0)
        return false;
    for (uint32_t i = 0; i < NUM_ENTRIES; i++)
        entries[i] = leaf + i * entry_span(level - 1);
    *entry = paddr | ENTRY_PRESENT | ENTRY_WRITE | (*entry & ENTRY_USER);
    return true;
}

/* Sees to it that no page lies on both sides of `vaddr`. */
static bool split_at(struct page_tables *tables, uint64_t vaddr)
{
    uint64_t table = tables->root_paddr;

    for (uint32_t level = tables->num_levels; level > 1; level--) {
        uint64_t *entry = &table_at(tables, table)[index_at(level, vaddr)];

        if (*entry == 0 || vaddr % entry_span(level) == 0)
            return true;
        if (is_leaf(*entry, level) && !split(tables, entry, level))
            return false;
        table = *entry & ENTRY_ADDRESS;
    }
    return true;
}

static bool change(struct page_tables *tables, struct change c)
{
    uint64_t vaddr = c.vaddr, size = c.size;

    if (!split_at(tables, vaddr) || !split_at(tables, vaddr + size))
        return false;
    change_in_table(tables, tables->root_paddr, tables->num_levels, &c);
    tlb_flush(vaddr, size);
    while (c.emptied_paddr != 0) {
        uint64_t paddr = c.emptied_paddr;

        c.emptied_paddr = *table_at(tables, paddr);
        paging_add_table(tables, paddr);
    }
    return true;
}

bool paging_unmap(struct page_tables *tables, uint64_t vaddr, uint64_t size)
{
    return change(tables, (struct change){.vaddr = vaddr, .size = size, .removes = true});
}

bool paging_protect(struct page_tables *tables, uint64_t vaddr, uint64_t size, uint64_t rights)
{
    if (rights & PAGE_WRITE && rights & PAGE_EXECUTE)
        return false;
    uint64_t bits = leaf_bits(tables, rights) & RIGHTS_BITS;
    return change(tables, (struct change){.vaddr = vaddr, .size = size, .bits = bits});
}

bool paging_find(const struct page_tables *tables, uint64_t vaddr, struct page *page)
{
    uint64_t table = tables->root_paddr, entry = 0, all = ENTRY_WRITE | ENTRY_USER, any = 0;
    uint32_t level = tables->num_levels + 1;

    do {
        level--;
        entry = table_at(tables, table)[index_at(level, vaddr)];
        all &= entry;
        any |= entry;
        table = entry & ENTRY_ADDRESS;
    } while (leads_to_table(entry, level));
    page->bytes = entry_span(level);
    page->vaddr = vaddr & ~(page->bytes - 1);
    page->paddr = table;
    page->rights = all | (entry & (ENTRY_PWT | ENTRY_PCD)) | (any & ENTRY_NX ? 0 : PAGE_EXECUTE);
    return entry != 0;
}

void paging_add_table(struct page_tables *tables, uint64_t paddr)
{
    *table_at(tables, paddr) = tables->spare_paddr;
    tables->spare_paddr = paddr;
    tables->num_spare++;
}

/* The room that the handoff made begins with the root. */
static bool is_of_handoff(const struct page_tables *tables, uint64_t paddr)
{
    return paddr >= tables->root_paddr && paddr < tables->limit_paddr;
}

uint64_t paging_take_back(struct page_tables *tables, uint32_t num)
{
    uint64_t *link = &tables->spare_paddr;

    if (tables->num_spare <= num)
        return 0;
    while (*link != 0 && is_of_handoff(tables, *link))
        link = table_at(tables, *link);
    uint64_t paddr = *link;
    if (paddr != 0) {
        *link = *table_at(tables, paddr);
        tables->num_spare--;
    }
    return paddr;
}

void paging_keep(struct page_tables *tables, uint32_t num)
{
    for (; tables->next_paddr < tables->limit_paddr; tables->next_paddr += PAGE_BYTES)
        paging_add_table(tables, tables->next_paddr);
    tables->num_kept = num;
}
