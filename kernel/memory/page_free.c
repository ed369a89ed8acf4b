/*
 * page_free.c - taking runs of pages back.
 */
#include "kernel/memory/page_allocator_parts.h"

#include "kernel/debug/panic.h"

typedef unsigned long long ull;

static const char *fault_in_split(const struct page_allocator *a, const struct page_group *g, uint64_t page)
{
    uint64_t bit = UINT64_C(1) << page % GROUP_PAGES;

    if (g->free & bit)
        return g->start & bit && !stacks_hold(a, page) ? "never handed out" : "free already";
    return g->start & bit ? "a run of another length" : "inside a run";
}

/* Why pages that begin with this one cannot be freed. */
static const char *fault_at(const struct page_allocator *a, uint64_t page)
{
    uint64_t number = page / GROUP_PAGES;

    if (page >= a->end_page)
        return "never handed out";
    const struct page_group *g = group_find(a, number);
    if (g->state == GROUP_SPLIT)
        return fault_in_split(a, g, page);
    for (uint32_t order = GROUP_ORDER; order <= PAGE_MAX_ORDER; order++) {
        g = group_find(a, number & ~(groups_in(order) - 1));
        if (g->state == GROUP_FREE && g->order >= order)
            return "free already";
        if (g->state == GROUP_TAKEN && g->order >= order)
            return page == first_page(g) && g->run_pages != 0 ? "a run of another length" : "inside a run";
    }
    return "never handed out";
}

_Noreturn void run_refuse(const struct page_allocator *a, uint64_t first, uint64_t num_pages)
{
    panic("pages_free(0x%llx, %llu): %s", (ull)first << 12, (ull)num_pages, fault_at(a, first));
}

/* True if `num_pages` pages from `place` on, at most all that the group has, are all there is of a run or of
 * its end. */
static bool is_run(const struct page_group *g, uint32_t place, uint64_t num_pages, bool begins)
{
    uint64_t mask = first_pages(num_pages) << place;
    uint64_t behind = place + num_pages < GROUP_PAGES ? UINT64_C(1) << (place + num_pages) : 0;

    return g->state == GROUP_SPLIT && place + num_pages <= GROUP_PAGES && (g->free & mask) == 0 &&
           (g->start & mask) == (begins ? UINT64_C(1) << place : 0) &&
           (behind == 0 || ((g->free | g->start) & behind) != 0);
}

/* The part of a run that is whole blocks, from its beginning on. How many pages that were. */
static uint64_t free_blocks(struct page_allocator *a, uint64_t first, uint64_t num_pages)
{
    uint64_t left = num_pages, number = first / GROUP_PAGES, run_pages = num_pages;

    for (; left >= GROUP_PAGES; run_pages = 0) {
        uint32_t order = 63 - (uint32_t)__builtin_clzll(left);
        struct page_group *g = group_find(a, number);

        if (first % GROUP_PAGES != 0 || g->state != GROUP_TAKEN || g->order != order ||
            g->run_pages != run_pages)
            run_refuse(a, first, num_pages);
        g->state = GROUP_NONE;
        block_free(a, number, order);
        number += groups_in(order);
        left -= UINT64_C(1) << order;
    }
    return num_pages - left;
}

void run_free(struct page_allocator *a, uint64_t first, uint64_t num_pages)
{
    uint64_t done = free_blocks(a, first, num_pages), left = num_pages - done;
    struct page_group *g = group_find(a, (first + done) / GROUP_PAGES);
    uint32_t place = (uint32_t)(first + done) % GROUP_PAGES;

    if (left == 0)
        return;
    if (!is_run(g, place, left, done == 0))
        run_refuse(a, first, num_pages);
    set_bits(&g->free, first_pages(left) << place);
    clear_bits(&g->start, first_pages(left) << place);
    group_refile(a, g);
}
