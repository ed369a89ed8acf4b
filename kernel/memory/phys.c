/*
 * phys.c - the one place where a physical address becomes a span of bytes.
 *
 * The direct map is filled here, where something in it is first asked for: to map all RAM beforehand would
 * let the start of a large machine pay for memory that nobody touches.
 */
#include "kernel/memory/phys.h"

#include <stdbool.h>

#include "kernel/memory/address_space.h"
#include "kernel/boot/boot_info.h"
#include "kernel/boot/handoff.h"
#include "kernel/boot/section.h"
#include "kernel/memory/kernel_map.h"
#include "kernel/memory/paging_change.h"

#define MIB_2 (UINT64_C(2) << 20)
#define GIB   (UINT64_C(1) << 30)

/* Physical addresses of whole pages. */
struct extent {
    uint64_t base, end;
    uint64_t rights;
};

static bool is_in(uint64_t paddr, uint64_t base, uint64_t bytes)
{
    return paddr - base < bytes;
}

/* The BIOS leaves the anchors of its tables in memory that its map does not always list. */
static bool is_bios_area(uint64_t page)
{
    uint64_t ebda = page_floor(boot_info.ebda_paddr);

    return is_in(page, boot_info.bios_rom_paddr, boot_info.bios_rom_bytes) ||
           is_in(page, ebda, boot_info.ebda_paddr + boot_info.ebda_bytes - ebda);
}

static bool is_writable(const struct memory_region *r)
{
    return r->type == MEMORY_USABLE || r->type == MEMORY_BOOT_SERVICES || r->type == MEMORY_KERNEL;
}

/* What belongs to the firmware is only read; what may be no memory at all is left alone. */
static bool is_readable(const struct memory_region *r)
{
    return is_writable(r) || r->type == MEMORY_ACPI_RECLAIMABLE || r->type == MEMORY_ACPI_NVS ||
           r->type == MEMORY_RUNTIME || r->type == MEMORY_RESERVED;
}

static void clip(struct extent *e, uint64_t base, uint64_t end)
{
    if (e->base < base)
        e->base = base;
    if (e->end > end)
        e->end = end;
}

/* What of the image must not be written has no second, writable address. */
static struct extent sealed_part(void)
{
    return (struct extent){boot_info.image_paddr + (uint64_t)(text_start - image_start),
                           boot_info.image_paddr + (uint64_t)(data_start - image_start), 0};
}

static struct extent late_part(void)
{
    return (struct extent){boot_info.image_paddr + (uint64_t)(late_memory - image_start),
                           boot_info.image_paddr + (uint64_t)(image_end - image_start), 0};
}

/* The part of writable memory around `page` that one large page could hold. Empty if the page is not all of
 * it. */
static struct extent writable_around(uint64_t page, const struct memory_region *r)
{
    uint64_t span = kernel_page_tables.has_1gib_pages ? GIB : MIB_2;
    struct extent e = {page & ~(span - 1), (page & ~(span - 1)) + span, PAGE_WRITE};
    struct extent sealed = sealed_part();

    clip(&e, page_ceil(r->base), page_floor(r->end));
    struct extent late = late_part();

    if (page < sealed.base)
        clip(&e, PAGE_BYTES, sealed.base);
    else if (page < late.base)
        clip(&e, sealed.end, late.base);
    else
        clip(&e, late.end, MEMORY_MAP_LIMIT);
    if (page < e.base || page >= e.end)
        e.end = e.base;
    return e;
}

/* What to map so that `page` can be read; empty if it must not be touched. */
static struct extent extent_around(uint64_t page)
{
    const struct memory_region *r = memory_map_find(&boot_info.memory_map, page);
    struct extent e = {page, page + PAGE_BYTES, 0}, nothing = {0, 0, 0};

    if (page == 0 || (r == NULL ? !is_bios_area(page) : !is_readable(r)))
        return nothing;
    if (r != NULL && is_writable(r)) {
        struct extent writable = writable_around(page, r);
        return writable.base < writable.end ? writable : e;
    }
    return e;
}

/* Where what is mapped from `page` on is known to end; 0 if nothing can be mapped there. */
static uint64_t reach_page(uint64_t page)
{
    if (paging_is_mapped(&kernel_page_tables, DIRECT_MAP_BASE + page))
        return page + PAGE_BYTES;
    struct extent e = extent_around(page);
    if (e.base >= e.end || !kernel_map_at(DIRECT_MAP_BASE + e.base, e.base, e.end - e.base, e.rights))
        return 0;
    return e.end;
}

static bool reach(uint64_t paddr, size_t n)
{
    uint64_t end = page_ceil(paddr + n);

    for (uint64_t page = page_floor(paddr); page < end;) {
        page = reach_page(page);
        if (page == 0)
            return false;
    }
    return true;
}

struct span phys_span(uint64_t paddr, size_t n)
{
    struct span empty = {0, 0};

    if (n > PHYS_SPAN_MAX_BYTES || paddr >= DIRECT_MAP_BYTES - n || !reach(paddr, n))
        return empty;
    return span_of((const void *)(uintptr_t)(DIRECT_MAP_BASE + paddr), n);
}

/* True if [paddr, end), which is not empty, is RAM of ours that may be written. */
static bool is_ours(uint64_t paddr, uint64_t end)
{
    struct extent sealed = sealed_part(), late = late_part();

    if ((paddr < sealed.end && sealed.base < end) || (paddr < late.end && late.base < end))
        return false;
    while (paddr < end) {
        const struct memory_region *r = memory_map_find(&boot_info.memory_map, paddr);

        if (r == NULL || (r->type != MEMORY_USABLE && r->type != MEMORY_KERNEL))
            return false;
        paddr = r->end;
    }
    return true;
}

/* What was first read, as the firmware's, may have become ours since. */
static bool make_writable(uint64_t vaddr, uint64_t end)
{
    struct page page;

    for (; vaddr < end; vaddr = page.vaddr + page.bytes) {
        if (!paging_find(&kernel_page_tables, vaddr, &page))
            return false;
        if (!(page.rights & PAGE_WRITE) && !kernel_protect_at(page.vaddr, page.bytes, PAGE_WRITE))
            return false;
    }
    return true;
}

void *phys_memory(uint64_t paddr, size_t n)
{
    if (n == 0 || paddr >= DIRECT_MAP_BYTES || n > DIRECT_MAP_BYTES - paddr || !is_ours(paddr, paddr + n) ||
        !reach(paddr, n) || !make_writable(DIRECT_MAP_BASE + page_floor(paddr), DIRECT_MAP_BASE + paddr + n))
        return NULL;
    return (void *)(uintptr_t)(DIRECT_MAP_BASE + paddr);
}

uint64_t phys_address(const void *pointer)
{
    uint64_t vaddr = (uint64_t)(uintptr_t)pointer;

    return is_in(vaddr, DIRECT_MAP_BASE, DIRECT_MAP_BYTES) ? vaddr - DIRECT_MAP_BASE : 0;
}
