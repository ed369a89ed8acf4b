/*
 * paging.c - building page tables.
 */
#include "kernel/memory/paging.h"

#include "kernel/memory/address_space.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"

#define ENTRY_PRESENT UINT64_C(0x001)
#define ENTRY_WRITE   UINT64_C(0x002)
#define ENTRY_LARGE   UINT64_C(0x080)
#define ENTRY_NX      (UINT64_C(1) << 63)
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)
#define NUM_ENTRIES   512u /* of a table; one that maps nothing is 0 */

#define PAT_WRITE_COMBINING UINT64_C(0x01)

/* An entry of a table at `level` covers 1 << this many bytes; level 1 is the page table. */
static uint32_t entry_shift(uint32_t level)
{
    return 12 + 9 * (level - 1);
}

static uint64_t entry_span(uint32_t level)
{
    return UINT64_C(1) << entry_shift(level);
}

static uint64_t *table_at(const struct page_tables *tables, uint64_t paddr)
{
    return (uint64_t *)(uintptr_t)(paddr + tables->window);
}

static uint32_t index_at(uint32_t level, uint64_t vaddr)
{
    return (vaddr >> entry_shift(level)) % NUM_ENTRIES;
}

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
};

static void advance(struct range *r, uint64_t bytes)
{
    r->vaddr += bytes;
    r->paddr += bytes;
    r->size -= bytes;
}

static uint64_t leaf_bits(const struct page_tables *tables, uint64_t rights)
{
    uint64_t bits = ENTRY_PRESENT | (rights & ~PAGE_EXECUTE);

    if (!(rights & PAGE_EXECUTE) && tables->has_nx)
        bits |= ENTRY_NX;
    return bits;
}

/* True if an entry at `level` may map the beginning of the range itself. */
static bool fits(const struct page_tables *tables, uint32_t level, const struct range *r)
{
    if (level > 3 || (level == 3 && !tables->has_1gib_pages))
        return false;
    return (r->vaddr | r->paddr) % entry_span(level) == 0 && r->size >= entry_span(level);
}

static bool is_leaf(uint64_t entry, uint32_t level)
{
    return entry & ENTRY_PRESENT && (level == 1 || entry & ENTRY_LARGE);
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

static bool map_in_table(struct page_tables *tables, uint64_t table_paddr, uint32_t level, struct range *r);

/* The entry that leads to a new table of `level`, in which the beginning of the range is mapped; 0: no room.
 */
static uint64_t map_in_new_table(struct page_tables *tables, uint32_t level, struct range *r)
{
    uint64_t paddr = tables->next_paddr, *entries = table_at(tables, paddr);

    if (paddr >= tables->limit_paddr || tables->limit_paddr - paddr < PAGE_BYTES)
        return 0;
    tables->next_paddr = paddr + PAGE_BYTES;
    if (level == 1) { /* clears only what it does not fill */
        uint32_t first = index_at(level, r->vaddr), n = num_filled(r, level, NUM_ENTRIES - first);

        memset(entries, 0, first * sizeof *entries);
        fill(entries + first, n, level, r);
        memset(entries + first + n, 0, (NUM_ENTRIES - first - n) * sizeof *entries);
    } else {
        memset(entries, 0, PAGE_BYTES);
        if (!map_in_table(tables, paddr, level, r))
            return 0;
    }
    return paddr | ENTRY_PRESENT | ENTRY_WRITE;
}

/* Maps what of the range lies in this table. False when there is no room for another. */
static bool map_in_table(struct page_tables *tables, uint64_t table_paddr, uint32_t level, struct range *r)
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
            if (entries[i] == 0)
                return false;
        } else if (!map_in_table(tables, entry & ENTRY_ADDRESS, level - 1, r)) {
            return false;
        }
        i++;
    }
    return true;
}

bool paging_begin(struct page_tables *tables, uint64_t base, uint64_t limit, uint64_t window)
{
    tables->next_paddr = (base + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
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
    struct range r = {vaddr, paddr, size, leaf_bits(tables, rights)};

    return map_in_table(tables, tables->root_paddr, tables->num_levels, &r);
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
