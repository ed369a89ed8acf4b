/*
 * free_ranges.c - what of a memory map can be handed out, in whole pages.
 */
#include "kernel/memory/free_ranges.h"

#include "kernel/memory/paging.h"

/* Moves past the holes that begin at or before the range, and ends it where the next one begins. */
static void cut_holes(const struct free_ranges *r, struct page_range *range)
{
    for (uint32_t i = 0; i < r->num_holes; i++) {
        if (r->holes[i].first <= range->first && range->first < r->holes[i].end) {
            range->first = r->holes[i].end;
            i = UINT32_MAX; /* a hole looked at before may hold this page */
        }
    }
    for (uint32_t i = 0; i < r->num_holes; i++) {
        if (range->first < r->holes[i].first && r->holes[i].first < range->end)
            range->end = r->holes[i].first;
    }
}

/* What is left of the region at hand; empty if it is of another type. */
static struct page_range rest_of_region(const struct free_ranges *r)
{
    const struct memory_region *region = &r->map->regions[r->at_region];
    struct page_range rest = {page_ceil(region->base) / PAGE_BYTES, region->end / PAGE_BYTES};

    if (rest.first < r->at_page)
        rest.first = r->at_page;
    if ((r->types >> region->type & 1) == 0)
        rest.end = rest.first;
    return rest;
}

void free_ranges_add_hole(struct free_ranges *r, uint64_t base, uint64_t end)
{
    if (base < end && r->num_holes < FREE_RANGES_MAX_HOLES)
        r->holes[r->num_holes++] = (struct page_range){base / PAGE_BYTES, (end - 1) / PAGE_BYTES + 1};
}

bool free_ranges_next(struct free_ranges *r, struct page_range *range)
{
    while (r->at_region < r->map->num_regions) {
        *range = rest_of_region(r);
        cut_holes(r, range);
        if (range->first < range->end) {
            r->at_page = range->end;
            return true;
        }
        r->at_region++;
    }
    return false;
}
