/*
 * free_ranges.h - what of a memory map can be handed out, in whole pages.
 */
#ifndef KERNEL_FREE_RANGES_H
#define KERNEL_FREE_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/memory/memory_map.h"

#define FREE_RANGES_MAX_HOLES 8

struct page_range {
    uint64_t first, end; /* page numbers, first < end */
};

/* Goes through a normalised map: set `map`, `types` and holes, leave the rest 0. */
struct free_ranges {
    const struct memory_map *map;
    uint32_t types; /* bit t: regions of enum memory_type t */
    uint32_t num_holes;
    struct page_range holes[FREE_RANGES_MAX_HOLES]; /* never to be handed out; may overlap, in any order */
    uint32_t at_region;
    uint64_t at_page;
};

/* Adds a hole, of all pages that [base, end) touches; physical addresses, none if they are not ascending. */
void free_ranges_add_hole(struct free_ranges *r, uint64_t base, uint64_t end);

/* The next range, in ascending order. False if there is none. */
bool free_ranges_next(struct free_ranges *r, struct page_range *range);

#endif
