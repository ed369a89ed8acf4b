/*
 * audit.c - what the live page tables really allow.
 *
 * Starts from CR3 and from nothing that others wrote down.
 */
#include "kernel/memory/audit.h"

#include <stddef.h>

#include "kernel/boot/handoff.h"
#include "kernel/boot/section.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/memory/page_table.h"
#include "kernel/memory/paging_change.h"

static void count_page(struct audit *audit, uint64_t all, uint64_t any)
{
    bool writes = all & ENTRY_WRITE, executes = !(any & ENTRY_NX);

    audit->num_pages++;
    audit->num_writable += writes;
    audit->num_executable += executes;
    audit->num_both += writes && executes;
    audit->num_user += (all & ENTRY_USER) != 0;
}

/* `all`: bits that every entry on the way here had; `any`: that one of them had. */
static void count_table(struct audit *audit, const struct page_tables *tables, uint64_t table_paddr,
                        uint32_t level, uint64_t all, uint64_t any)
{
    const uint64_t *entries = table_at(tables, table_paddr);

    for (uint32_t i = 0; i < NUM_ENTRIES; i++) {
        i += (uint32_t)count_zero_words(entries + i, NUM_ENTRIES - i);
        if (i == NUM_ENTRIES)
            return;
        uint64_t entry = entries[i];
        if (is_leaf(entry, level))
            count_page(audit, all & entry, any | entry);
        else
            count_table(audit, tables, entry & ENTRY_ADDRESS, level - 1, all & entry, any | entry);
    }
}

static bool is_hole(const struct page_tables *tables, uint64_t vaddr)
{
    struct page page;

    return !paging_find(tables, vaddr, &page);
}

/* Stacks that were made before there was memory may have none; see segments.c. */
static bool are_guards_holes(const struct page_tables *tables)
{
    for (const struct cpu *cpu = all_cpus; cpu != NULL; cpu = cpu->next) {
        for (int i = 0; i < IST_END; i++) {
            uint64_t base = cpu->stacks[i].base;

            if (base >= MAP_BASE && base < MAP_END && !is_hole(tables, base - PAGE_BYTES))
                return false;
        }
    }
    return is_hole(tables, (uint64_t)(uintptr_t)kernel_stack_guard);
}

static bool is_sealed(const struct page_tables *tables, const uint8_t *from, const uint8_t *to)
{
    struct page page;

    for (uint64_t vaddr = (uint64_t)(uintptr_t)from; vaddr < (uint64_t)(uintptr_t)to;
         vaddr = page.vaddr + page.bytes) {
        if (!paging_find(tables, vaddr, &page) || page.rights & PAGE_WRITE)
            return false;
    }
    return true;
}

static const char *find_fault(const struct page_tables *tables)
{
    if (!is_hole(tables, 0))
        return "page 0 is mapped";
    if (!are_guards_holes(tables))
        return "a guard page is mapped";
    if (!is_sealed(tables, late_text, late_end))
        return "the late part is not sealed";
    if (!is_sealed(tables, text_start, text_end))
        return ".text is not sealed";
    return is_sealed(tables, rodata_start, rodata_end) ? NULL : ".rodata is not sealed";
}

struct audit audit_page_tables(void)
{
    struct page_tables tables = {.root_paddr = read_cr3() & ENTRY_ADDRESS,
                                 .window = DIRECT_MAP_BASE,
                                 .num_levels = read_cr4() & CR4_LA57 ? 5 : 4};
    struct audit audit = {0};

    count_table(&audit, &tables, tables.root_paddr, tables.num_levels, ENTRY_WRITE | ENTRY_USER, 0);
    audit.fault = find_fault(&tables);
    return audit;
}
