/*
 * efi_reset.c - calling ResetSystem: page tables for it, and back.
 */
#include "kernel/boot/boot_info.h"
#include "kernel/boot/handoff.h"
#include "kernel/firmware/efi_runtime.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/paging.h"
#include "kernel/memory/phys.h"

#define NUM_TABLES 64 /* firmware that needs more has its memory in more than 50 places, 2 MiB apart */

static struct efi_descriptors told_map(void)
{
    const struct raw_map *raw = &boot_info.raw_map;
    size_t bytes = (size_t)raw->num_entries * raw->entry_size_bytes;

    return (struct efi_descriptors){phys_span(raw->paddr, raw->kind == RAW_MAP_EFI ? bytes : 0),
                                    raw->entry_size_bytes};
}

/* Every region that is needed for sure, or every other, where it is. False if there is no room for it. */
static bool map_regions(struct page_tables *tables, const struct efi_descriptors *map, bool is_runtime)
{
    struct efi_region r;

    for (uint32_t i = 0; efi_runtime_region(map, i, &r); i++) {
        if (r.is_runtime == is_runtime && r.base < r.end &&
            !paging_map(tables, r.base, r.base, r.end - r.base, r.rights))
            return false;
    }
    return true;
}

/* The kernel's half is the same in both. */
static void share_kernel_half(struct page_tables *tables)
{
    uint64_t span = UINT64_C(1) << (tables->num_levels == 5 ? 48 : 39);

    for (uint64_t vaddr = 0 - 256 * span; vaddr != 0; vaddr += span)
        paging_borrow(tables, kernel_page_tables.root_paddr, vaddr);
}

/* Some firmware goes on using what was to be left with boot services: it is there if there is room. */
static bool build(struct page_tables *tables, uint64_t paddr, const struct efi_descriptors *map)
{
    if (!paging_begin(tables, paddr, paddr + NUM_TABLES * PAGE_BYTES, kernel_page_tables.window) ||
        !map_regions(tables, map, true))
        return false;
    map_regions(tables, map, false);
    share_kernel_half(tables);
    return true;
}

static const char *call(uint64_t reset_system, const struct efi_descriptors *map, enum efi_reset_type type)
{
    struct page_tables tables = {0};
    const char *error = "no memory for page tables";
    uint64_t paddr = pages_alloc(NUM_TABLES, PAGE_BYTES, 0);

    if (paddr == 0)
        return error;
    if (phys_memory(paddr, NUM_TABLES * PAGE_BYTES) != NULL && build(&tables, paddr, map)) {
        efi_call_reset_system(tables.root_paddr, reset_system, type);
        error = "the service came back";
    }
    pages_free(paddr, NUM_TABLES);
    return error;
}

const char *efi_reset(enum efi_reset_type type)
{
    const struct efi_descriptors map = told_map();
    uint64_t reset_system;

    if (boot_info.efi_system_table == 0)
        return "no UEFI";
    if (boot_info.uefi_bits != 64)
        return "a 32-bit UEFI cannot be called";
    if (map.bytes.n == 0)
        return "no UEFI memory map was told";
    const char *error = efi_runtime_find(boot_info.efi_system_table, phys_span, &map, &reset_system);
    return error != NULL ? error : call(reset_system, &map, type);
}
