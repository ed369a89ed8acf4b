/*
 * paging.c - building page tables.
 */
#include "kernel/paging.h"

#include "kernel/address_space.h"
#include "kernel/cpu.h"
#include "kernel/string.h"

#define ENTRY_PRESENT UINT64_C(0x001)
#define ENTRY_WRITE   UINT64_C(0x002)
#define ENTRY_LARGE   UINT64_C(0x080)
#define ENTRY_NX      (UINT64_C(1) << 63)
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)

#define PAT_WRITE_COMBINING UINT64_C(0x01)

/* Bytes that one entry of a table at `level` covers; level 1 is the page table. */
static uint64_t entry_span(uint32_t level)
{
    return PAGE_BYTES << (9 * (level - 1));
}

static uint64_t *table_at(const struct page_tables *tables, uint64_t paddr)
{
    return (uint64_t *)(uintptr_t)(paddr + tables->window);
}

static uint64_t *entry_at(const struct page_tables *tables, uint64_t table_paddr, uint32_t level,
                          uint64_t vaddr)
{
    return table_at(tables, table_paddr) + (vaddr >> (12 + 9 * (level - 1))) % 512;
}

/* A cleared table; 0 if there is no room. */
static uint64_t new_table(struct page_tables *tables)
{
    uint64_t paddr = tables->next_paddr;

    if (paddr >= tables->limit_paddr || tables->limit_paddr - paddr < PAGE_BYTES)
        return 0;
    tables->next_paddr = paddr + PAGE_BYTES;
    memset(table_at(tables, paddr), 0, PAGE_BYTES);
    return paddr;
}

static bool has_extended_feature(uint32_t edx_bit)
{
    if (cpuid(0x80000000, 0).eax < 0x80000001)
        return false;
    return (cpuid(0x80000001, 0).edx >> edx_bit & 1) != 0;
}

static bool fits(const struct page_tables *tables, uint32_t level, uint64_t vaddr, uint64_t paddr,
                 uint64_t size)
{
    uint64_t span = entry_span(level);

    if (level > 3 || (level == 3 && !tables->has_1gib_pages))
        return false;
    return vaddr % span == 0 && paddr % span == 0 && size >= span;
}

static uint64_t leaf(const struct page_tables *tables, uint32_t level, uint64_t paddr, uint64_t rights)
{
    uint64_t entry = paddr | ENTRY_PRESENT | (rights & ~PAGE_EXECUTE);

    if (level > 1)
        entry |= ENTRY_LARGE;
    if (!(rights & PAGE_EXECUTE) && tables->has_nx)
        entry |= ENTRY_NX;
    return entry;
}

/* Maps the first page of the range, as large as fits, and says how many bytes that were; 0: no room. */
static uint64_t map_one(struct page_tables *tables, uint64_t vaddr, uint64_t paddr, uint64_t size,
                        uint64_t rights)
{
    uint64_t table = tables->root_paddr;

    for (uint32_t level = tables->num_levels;; level--) {
        uint64_t *entry = entry_at(tables, table, level, vaddr);

        if (*entry & ENTRY_PRESENT && (level == 1 || *entry & ENTRY_LARGE)) {
            uint64_t left = entry_span(level) - vaddr % entry_span(level);
            return left < size ? left : size;
        }
        if (!(*entry & ENTRY_PRESENT)) {
            if (level == 1 || fits(tables, level, vaddr, paddr, size)) {
                *entry = leaf(tables, level, paddr, rights);
                return entry_span(level);
            }
            uint64_t fresh = new_table(tables);
            if (fresh == 0)
                return 0;
            *entry = fresh | ENTRY_PRESENT | ENTRY_WRITE;
        }
        table = *entry & ENTRY_ADDRESS;
    }
}

bool paging_begin(struct page_tables *tables, uint64_t base, uint64_t limit, uint64_t window)
{
    tables->next_paddr = (base + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
    tables->limit_paddr = limit;
    tables->window = window;
    tables->num_levels = read_cr4() & CR4_LA57 ? 5 : 4;
    tables->has_nx = has_extended_feature(20);
    tables->has_1gib_pages = has_extended_feature(26);
    tables->root_paddr = new_table(tables);
    return tables->root_paddr != 0;
}

bool paging_map(struct page_tables *tables, uint64_t vaddr, uint64_t paddr, uint64_t size, uint64_t rights)
{
    while (size > 0) {
        uint64_t done = map_one(tables, vaddr, paddr, size, rights);

        if (done == 0)
            return false;
        vaddr += done;
        paddr += done;
        size -= done;
    }
    return true;
}

bool paging_is_mapped(const struct page_tables *tables, uint64_t vaddr)
{
    uint64_t table = tables->root_paddr;

    for (uint32_t level = tables->num_levels; level > 0; level--) {
        uint64_t entry = *entry_at(tables, table, level, vaddr);

        if (!(entry & ENTRY_PRESENT))
            return false;
        if (entry & ENTRY_LARGE && level > 1)
            return true;
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
    write_cr0((read_cr0() & ~(CR0_CD | CR0_NW)) | CR0_WP);
}
