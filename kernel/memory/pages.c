/*
 * pages.c - whole pages of the machine's RAM: the one page allocator of the kernel.
 */
#include "kernel/memory/pages.h"

#include "kernel/boot/boot_info.h"
#include "kernel/boot/section.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/debug/panic.h"
#include "kernel/memory/address_space.h"
#include "kernel/memory/free_ranges.h"
#include "kernel/memory/page_allocator.h"
#include "kernel/memory/phys.h"

#define MIB UINT64_C(0x100000)

#define RECLAIMABLE (1u << MEMORY_BOOT_SERVICES | 1u << MEMORY_ACPI_RECLAIMABLE)

static NOINIT struct page_allocator allocator;
static uint64_t num_reclaimed;

/* Pages from here on are left alone: they cannot be reached, or there is no room for what describes them. */
static uint64_t end_page = DIRECT_MAP_BYTES / PAGE_BYTES;

/* Around everything that touches the above, but for the CPUs' stacks of pages. */
static struct spinlock lock = SPINLOCK("pages", LOCK_PAGES);

/* Regions of these types, without what nobody may have whatever the firmware's map says of it. */
static struct free_ranges ranges_of(uint32_t types)
{
    const struct display *d = &boot_info.display;
    struct free_ranges r = {.map = &boot_info.memory_map, .types = types};

    free_ranges_add_hole(&r, 0, PAGE_BYTES);
    free_ranges_add_hole(&r, VGA_PADDR, MIB);
    free_ranges_add_hole(&r, boot_info.ebda_paddr, boot_info.ebda_paddr + boot_info.ebda_bytes);
    free_ranges_add_hole(&r, d->paddr, d->paddr + d->size_bytes);
    free_ranges_add_hole(&r, end_page * PAGE_BYTES, MEMORY_MAP_LIMIT);
    return r;
}

/* The largest free range above 1 MiB. Empty if there is none. */
static struct page_range largest_range(void)
{
    struct free_ranges r = ranges_of(1u << MEMORY_USABLE);
    struct page_range range, best = {0, 0};

    while (free_ranges_next(&r, &range)) {
        if (range.first >= MIB / PAGE_BYTES && range.end - range.first > best.end - best.first)
            best = range;
    }
    return best;
}

/* The size of the pool for all pages there can ever be; if that is more than `room`, for as many as it
 * suffices for, from the lowest on. */
static uint64_t pool_pages_needed(uint64_t room)
{
    struct free_ranges r = ranges_of(1u << MEMORY_USABLE | RECLAIMABLE);
    struct page_range range;
    struct pool_need need;
    uint64_t num_pages = 0;

    pool_need_begin(&need);
    while (free_ranges_next(&r, &range)) {
        pool_need_add(&need, range.first, range.end);
        if (need.num_pages > room) {
            end_page = range.first;
            break;
        }
        num_pages = need.num_pages;
    }
    return num_pages;
}

/* Gives the allocator all memory of these types. How many pages that was. */
static uint64_t add_ranges(uint32_t types)
{
    struct free_ranges r = ranges_of(types);
    struct page_range range;
    uint64_t before = allocator.num_total;

    while (free_ranges_next(&r, &range))
        page_allocator_add(&allocator, range.first, range.end);
    return allocator.num_total - before;
}

void pages_init(void)
{
    uint64_t room_first = largest_range().first, room = largest_range().end - room_first;
    uint64_t num_pages = pool_pages_needed(room), paddr = room_first * PAGE_BYTES;
    void *pool = NULL;

    if (memory_map_claim(&boot_info.memory_map, paddr, num_pages * PAGE_BYTES, MEMORY_KERNEL))
        pool = phys_memory(paddr, num_pages * PAGE_BYTES);
    page_allocator_begin(&allocator, pool, pool == NULL ? 0 : (uint32_t)num_pages);
    if (pool != NULL)
        add_ranges(1u << MEMORY_USABLE);
}

/* With the lists of all. Apart from what needs no lock, so that the registers this takes are not saved there.
 */
static __attribute__((noinline)) uint64_t alloc(uint64_t num_pages, uint64_t align_bytes,
                                                uint64_t limit_paddr)
{
    uint64_t limit = limit_paddr == 0 ? PAGE_NO_LIMIT : limit_paddr / PAGE_BYTES;

    spin_lock(&lock);
    uint64_t page =
        page_allocator_alloc(&allocator, &this_cpu()->pages, num_pages, align_bytes / PAGE_BYTES, limit);
    spin_unlock(&lock);
    return page * PAGE_BYTES;
}

static __attribute__((noinline)) void free(uint64_t paddr, uint64_t num_pages)
{
    if (paddr % PAGE_BYTES != 0)
        panic("pages_free(0x%llx, %llu): not the address of a page", (unsigned long long)paddr,
              (unsigned long long)num_pages);
    spin_lock(&lock);
    page_allocator_free(&allocator, &this_cpu()->pages, paddr / PAGE_BYTES, num_pages);
    spin_unlock(&lock);
}

/* From this CPU's stack; 0 if that is empty. */
static uint64_t pop(void)
{
    uint64_t flags = interrupts_save(), page = page_stack_pop(&allocator, &this_cpu()->pages);

    interrupts_restore(flags);
    return page * PAGE_BYTES;
}

static bool push(uint64_t paddr)
{
    uint64_t flags = interrupts_save();
    bool done = page_stack_push(&allocator, &this_cpu()->pages, paddr / PAGE_BYTES);

    interrupts_restore(flags);
    return done;
}

uint64_t pages_alloc(uint64_t num_pages, uint64_t align_bytes, uint64_t limit_paddr)
{
    if (num_pages == 1 && align_bytes <= PAGE_BYTES && limit_paddr == 0) {
        uint64_t paddr = pop();

        if (paddr != 0)
            return paddr;
    }
    return alloc(num_pages, align_bytes, limit_paddr);
}

void pages_free(uint64_t paddr, uint64_t num_pages)
{
    if (num_pages != 1 || paddr % PAGE_BYTES != 0 || !push(paddr))
        free(paddr, num_pages);
}

uint64_t pages_reclaim(enum memory_type type)
{
    uint64_t num_pages = 0;

    spin_lock(&lock);
    if (RECLAIMABLE >> type & 1 && allocator.num_pool_pages != 0) {
        num_pages = add_ranges(1u << type);
        num_reclaimed += num_pages;
        memory_map_retype(&boot_info.memory_map, type, MEMORY_USABLE);
    }
    spin_unlock(&lock);
    return num_pages;
}

struct page_counts pages_count(void)
{
    spin_lock(&lock);
    struct page_counts counts = {allocator.num_total, page_allocator_num_free(&allocator), num_reclaimed,
                                 allocator.num_used_peak, allocator.num_pool_pages};
    spin_unlock(&lock);
    return counts;
}
