/*
 * page_take.c - runs of pages out of the free blocks.
 */
#include "kernel/memory/page_allocator_parts.h"

static void take_whole(struct page_group *g, uint32_t order, uint64_t run_pages)
{
    g->state = GROUP_TAKEN;
    g->order = (uint8_t)order;
    g->run_pages = run_pages;
}

/*
 * The first `num_pages` pages of a block that is in no list any more become a run; the rest is free. The run
 * is made of blocks that halve, and of the first pages of a group at its end.
 */
static void use_block(struct page_allocator *a, uint64_t number, uint32_t order, uint64_t num_pages)
{
    uint64_t left = num_pages, run_pages = num_pages;

    while (order > GROUP_ORDER && left != UINT64_C(1) << order) {
        uint64_t half = groups_in(--order);

        if (left > UINT64_C(1) << order) {
            take_whole(group_make(a, number), order, run_pages);
            run_pages = 0;
            number += half;
            left -= UINT64_C(1) << order;
        } else {
            block_link(a, group_make(a, number + half), order);
        }
    }
    struct page_group *g = group_make(a, number);
    if (left == UINT64_C(1) << order) {
        take_whole(g, order, run_pages);
    } else {
        group_split(g, ~first_pages(left), run_pages != 0);
        group_refile(a, g);
    }
}

static uint64_t use_pages(struct page_allocator *a, struct page_group *g, uint32_t place, uint64_t num_pages)
{
    clear_bits(&g->free, first_pages(num_pages) << place);
    set_bits(&g->start, UINT64_C(1) << place);
    group_refile(a, g);
    return first_page(g) + place;
}

/* Where in a listed group or block a block of 2^order pages begins first; it has room for one. */
static uint32_t first_place(const struct page_group *g, uint32_t order)
{
    return g->state == GROUP_SPLIT ? (uint32_t)__builtin_ctzll(group_places_for(free_pages(g), order)) : 0;
}

uint64_t group_use(struct page_allocator *a, struct page_group *g, uint32_t order, uint64_t num_pages)
{
    uint64_t number = g->number;

    if (g->state == GROUP_SPLIT)
        return use_pages(a, g, first_place(g, order), num_pages);
    group_unlink(a, g);
    g->state = GROUP_NONE;
    use_block(a, number, g->order, num_pages);
    return number * GROUP_PAGES;
}

/* From the smallest block that is large enough. */
static uint64_t take(struct page_allocator *a, struct page_zone *zone, uint32_t order, uint64_t num_pages)
{
    uint64_t lists = zone->nonempty >> order;

    if (lists == 0)
        return 0;
    return group_use(a, group_at(a, zone->lists[order + (uint32_t)__builtin_ctzll(lists)]), order, num_pages);
}

/* The same with a limit inside the zone: looks at each block. */
static uint64_t take_below(struct page_allocator *a, struct page_zone *zone, uint32_t order,
                           uint64_t num_pages, uint64_t limit)
{
    for (uint32_t list = order; list < PAGE_NUM_LISTS; list++) {
        for (uint32_t i = zone->lists[list]; i != 0; i = group_at(a, i)->next) {
            struct page_group *g = group_at(a, i);

            if (first_page(g) + first_place(g, order) + num_pages <= limit)
                return group_use(a, g, order, num_pages);
        }
    }
    return 0;
}

uint64_t run_take(struct page_allocator *a, uint32_t order, uint64_t num_pages, uint64_t limit)
{
    uint64_t first = 0;

    for (uint32_t i = PAGE_NUM_ZONES; i-- > 0 && first == 0;) {
        struct page_zone *zone = &a->zones[i];

        if (limit >= page_zone_ends[i])
            first = take(a, zone, order, num_pages);
        else if (i == 0 || limit > page_zone_ends[i - 1])
            first = take_below(a, zone, order, num_pages, limit);
    }
    return first;
}

void count_taken_pages(struct page_allocator *a, uint64_t num_pages)
{
    a->num_free -= num_pages;
    if (a->num_used_peak < a->num_total - a->num_free)
        a->num_used_peak = a->num_total - a->num_free;
}
