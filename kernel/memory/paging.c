/*
 * paging.c - building page tables.
 */
#include "kernel/memory/paging.h"

#include "kernel/memory/address_space.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"
#include "kernel/memory/page_table.h"

#define PAT_WRITE_COMBINING UINT64_C(0x01)

static bool has_extended_feature(uint32_t edx_bit)
{
    if (cpuid(0x80000000, 0).eax < 0x80000001)
        return false;
    return (cpuid(0x80000001, 0).edx >> edx_bit & 1) != 0;
}

/* What is still to be mapped, and the bits of its entries. */
struct range {
    uint64_t vaddr, paddr, size;
    uint64_t bits;
    bool failed; /* there was no room for a table: then nothing is left to be mapped */
};

static void advance(struct range *r, uint64_t bytes)
{
    r->vaddr += bytes;
    r->paddr += bytes;
    r->size -= bytes;
}

/* True if an entry at `level` may map the beginning of the range itself. */
static bool fits(const struct page_tables *tables, uint32_t level, const struct range *r)
{
    if (level > 3 || (level == 3 && !tables->has_1gib_pages))
        return false;
    return (r->vaddr | r->paddr) % entry_span(level) == 0 && r->size >= entry_span(level);
}

/* Maps the beginning of the range through `n` entries, which are free. */
static void fill(uint64_t *entries, uint32_t n, uint32_t level, struct range *r)
{
    uint64_t span = entry_span(level), entry = r->paddr | r->bits | (level > 1 ? ENTRY_LARGE : 0);

#pragma GCC unroll 8
    for (uint32_t i = 0; i < n; i++) {
        entries[i] = entry;
        entry += span;
    }
    advance(r, n * span);
}

/* How many entries of `level`, at most `room`, the rest of the range fills. */
static uint32_t num_filled(const struct range *r, uint32_t level, uint32_t room)
{
    uint64_t wanted = r->size >> entry_shift(level);

    return wanted < room ? (uint32_t)wanted : room;
}

uint64_t paging_take_table(struct page_tables *tables)
{
    uint64_t paddr = tables->next_paddr;

    if (paddr < tables->limit_paddr && tables->limit_paddr - paddr >= PAGE_BYTES) {
        tables->next_paddr = paddr + PAGE_BYTES;
        return paddr;
    }
    if (tables->num_spare <= tables->num_kept)
        return 0;
    paddr = tables->spare_paddr;
    tables->spare_paddr = *table_at(tables, paddr);
    tables->num_spare--;
    return paddr;
}

static void map_in_table(struct page_tables *tables, uint64_t table_paddr, uint32_t level, struct range *r);

/* The entry that leads to a new table of `level`, in which the beginning of the range is mapped; 0: no room.
 */
static uint64_t map_in_new_table(struct page_tables *tables, uint32_t level, struct range *r)
{
    uint64_t paddr = paging_take_table(tables), *entries = table_at(tables, paddr);

    if (paddr == 0) {
        r->failed = true;
        r->size = 0;
        return 0;
    }
    if (level == 1) { /* clears only what it does not fill */
        uint32_t first = index_at(level, r->vaddr), n = num_filled(r, level, NUM_ENTRIES - first);

        memset(entries, 0, first * sizeof *entries);
        fill(entries + first, n, level, r);
        memset(entries + first + n, 0, (NUM_ENTRIES - first - n) * sizeof *entries);
    } else {
        memset(entries, 0, PAGE_BYTES);
        map_in_table(tables, paddr, level, r);
    }
    return paddr | ENTRY_PRESENT | ENTRY_WRITE | (r->bits & ENTRY_USER);
}

/* Maps what of the range lies in this table. */
static void map_in_table(struct page_tables *tables, uint64_t table_paddr, uint32_t level, struct range *r)
{
    uint64_t *entries = table_at(tables, table_paddr);
    uint64_t span = entry_span(level);

    for (uint32_t i = index_at(level, r->vaddr); i < NUM_ENTRIES && r->size > 0;) {
        uint64_t entry = entries[i];

        if (entry == 0 && fits(tables, level, r)) {
            uint32_t n = (uint32_t)count_zero_words(entries + i, num_filled(r, level, NUM_ENTRIES - i));
            fill(entries + i, n, level, r);
            i += n;
            continue;
        }
        if (is_leaf(entry, level)) {
            uint64_t left = span - r->vaddr % span;
            advance(r, left < r->size ? left : r->size);
        } else if (entry == 0) {
            entries[i] = map_in_new_table(tables, level - 1, r);
        } else {
            entries[i] |= r->bits & ENTRY_USER;
            map_in_table(tables, entry & ENTRY_ADDRESS, level - 1, r);
        }
        i++;
    }
}

bool paging_begin(struct page_tables *tables, uint64_t base, uint64_t limit, uint64_t window)
{
    tables->next_paddr = page_ceil(base);
    tables->limit_paddr = limit;
    tables->window = window;
    tables->num_levels = read_cr4() & CR4_LA57 ? 5 : 4;
    tables->has_nx = has_extended_feature(20);
    tables->has_1gib_pages = has_extended_feature(26);
    struct range nothing = {0};
    tables->root_paddr = map_in_new_table(tables, tables->num_levels, &nothing) & ENTRY_ADDRESS;
    return tables->root_paddr != 0;
}

bool paging_map(struct page_tables *tables, uint64_t vaddr, uint64_t paddr, uint64_t size, uint64_t rights)
{
    struct range r = {vaddr, paddr, size, leaf_bits(tables, rights), false};

    map_in_table(tables, tables->root_paddr, tables->num_levels, &r);
    return !r.failed;
}

static uint64_t *root_entry(const struct page_tables *tables, uint64_t root_paddr, uint64_t vaddr)
{
    return table_at(tables, root_paddr & ENTRY_ADDRESS) + index_at(tables->num_levels, vaddr);
}

void paging_borrow(struct page_tables *tables, uint64_t root_paddr, uint64_t vaddr)
{
    *root_entry(tables, tables->root_paddr, vaddr) = *root_entry(tables, root_paddr, vaddr);
}

void paging_return(struct page_tables *tables, uint64_t vaddr)
{
    *root_entry(tables, tables->root_paddr, vaddr) = 0;
    write_cr3(tables->root_paddr);
}

bool paging_is_mapped(const struct page_tables *tables, uint64_t vaddr)
{
    uint64_t table = tables->root_paddr;

    for (uint32_t level = tables->num_levels; level > 0; level--) {
        uint64_t entry = table_at(tables, table)[index_at(level, vaddr)];

        if (entry == 0 || is_leaf(entry, level))
            return entry != 0;
        table = entry & ENTRY_ADDRESS;
    }
    return true;
}

void paging_enable_features(void)
{
    if (has_extended_feature(20))
        wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
    if (cpuid(1, 0).edx >> 16 & 1)
        wrmsr(MSR_PAT, (rdmsr(MSR_PAT) & ~UINT64_C(0xff00)) | PAT_WRITE_COMBINING << 8);
    write_cr4(read_cr4() & ~CR4_PGE);
    write_cr0((read_cr0() & ~(CR0_CD | CR0_NW)) | CR0_WP);
}
