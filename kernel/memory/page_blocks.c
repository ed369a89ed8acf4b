/*
 * page_blocks.c - free blocks of whole groups, and groups whose pages are used one by one.
 */
#include "kernel/memory/page_allocator_parts.h"

void block_link(struct page_allocator *a, struct page_group *g, uint32_t order)
{
    g->state = GROUP_FREE;
    g->order = (uint8_t)order;
    group_link(a, g);
}

void block_free(struct page_allocator *a, uint64_t number, uint32_t order)
{
    for (; order < PAGE_MAX_ORDER; order++) {
        struct page_group *buddy = group_find(a, number ^ groups_in(order));

        if (buddy->state != GROUP_FREE || buddy->order != order)
            break;
        group_unlink(a, buddy);
        buddy->state = GROUP_NONE;
        number &= ~groups_in(order);
    }
    block_link(a, group_make(a, number), order);
}

/* Of the places where free blocks of 2^order pages begin, those where free blocks of twice that do. */
static uint64_t twice_as_large(uint64_t places, uint32_t order)
{
    static const uint64_t aligned[GROUP_ORDER] = {
        0x5555555555555555, 0x1111111111111111, 0x0101010101010101,
        0x0001000100010001, 0x0000000100000001, 0x0000000000000001,
    };

    return places & places >> (1u << order) & aligned[order];
}

uint64_t group_places_for(uint64_t pages, uint32_t order)
{
    for (uint32_t i = 0; i < order; i++)
        pages = twice_as_large(pages, i);
    return pages;
}

static uint32_t largest_order(uint64_t pages)
{
    uint32_t order = 0;

    if (pages == 0)
        return NO_ORDER;
    while (order < GROUP_ORDER && (pages = twice_as_large(pages, order)) != 0)
        order++;
    return order;
}

void group_refile(struct page_allocator *a, struct page_group *g)
{
    uint32_t order = largest_order(free_pages(g));

    if (order == g->order)
        return;
    if (g->order != NO_ORDER)
        group_unlink(a, g);
    g->order = (uint8_t)order;
    if (order == GROUP_ORDER) {
        g->state = GROUP_NONE;
        block_free(a, g->number, GROUP_ORDER);
    } else if (order != NO_ORDER) {
        group_link(a, g);
    }
}

void group_split(struct page_group *g, uint64_t free, uint64_t start)
{
    g->state = GROUP_SPLIT;
    g->order = NO_ORDER;
    g->free = free;
    g->start = start;
}

/* The pages `mask` of one group become ours. */
static void add_pages(struct page_allocator *a, uint64_t number, uint64_t mask)
{
    struct page_group *g = group_make(a, number);

    if (g->state != GROUP_SPLIT)
        group_split(g, ALL_PAGES, ALL_PAGES);
    clear_bits(&g->start, mask);
    group_refile(a, g);
}

uint64_t pages_add_some(struct page_allocator *a, uint64_t first, uint64_t end)
{
    uint64_t number = first / GROUP_PAGES, place = first % GROUP_PAGES, n = end - first;
    uint32_t order = 63 - (uint32_t)__builtin_clzll(n), aligned = (uint32_t)__builtin_ctzll(first);

    if (order > aligned)
        order = aligned;
    if (order >= GROUP_ORDER) {
        block_free(a, number, order);
        return UINT64_C(1) << order;
    }
    if (n > GROUP_PAGES - place)
        n = GROUP_PAGES - place;
    add_pages(a, number, first_pages(n) << place);
    return n;
}
