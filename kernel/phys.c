/*
 * phys.c - the one place where a physical address becomes a span of bytes.
 */
#include "kernel/phys.h"

#include <stdbool.h>

#include "kernel/address_space.h"
#include "kernel/boot_info.h"
#include "kernel/handoff.h"

#define MAX_SPAN_BYTES (UINT64_C(16) << 20)

/* Makes one page of the direct map readable; false if nothing may be read there. */
static bool reach_page(uint64_t page)
{
    uint64_t vaddr = DIRECT_MAP_BASE + page;

    if (paging_is_mapped(&kernel_page_tables, vaddr))
        return true;
    if (page == 0 || memory_map_type_at(&boot_info.memory_map, page) != MEMORY_RESERVED)
        return false;
    return paging_map(&kernel_page_tables, vaddr, page, PAGE_BYTES, 0);
}

struct span phys_span(uint64_t paddr, size_t n)
{
    struct span empty = {0, 0};

    if (n > MAX_SPAN_BYTES || paddr >= MEMORY_MAP_LIMIT - n)
        return empty;
    for (uint64_t page = paddr & ~(PAGE_BYTES - 1); page < paddr + n; page += PAGE_BYTES) {
        if (!reach_page(page))
            return empty;
    }
    return span_of((const void *)(uintptr_t)(DIRECT_MAP_BASE + paddr), n);
}
