/*
 * page_allocator.h - runs of pages by the buddy system, in the first 64 TiB of the address space.
 *
 * Pages are known by their number, physical address / 4096. Memory is free in blocks of 2^order pages,
 * naturally aligned; blocks from 64 pages on merge with their buddy as soon as that is free, and among the
 * 64 pages of one group, 256 KiB, a bit each says what is free: blocks of less are found in it by a few
 * instructions. Groups with room, and free blocks, are in lists by the order of the largest block in them,
 * one set of lists each for the memory below 1 MiB, below 4 GiB and above; no block crosses these borders,
 * because it would begin at page 0, which is never given.
 * Single pages go through small stacks, one for each CPU, which it uses without asking the others.
 *
 * All of that is written in descriptors, 32 bytes for a group, outside the memory it is about: nothing there
 * is ever touched, and a write to freed memory does no harm here. Descriptors lie in a pool and are reached
 * through tables like page tables: what nobody asks for costs nothing, wherever in the address space it is.
 *
 * Nothing here touches hardware or locks anything: the caller does. Damaged links, and pages that must not be
 * freed, panic.
 */
#ifndef KERNEL_PAGE_ALLOCATOR_H
#define KERNEL_PAGE_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/memory/page_stack.h"

#define GROUP_ORDER    6
#define GROUP_PAGES    64
#define PAGE_NUM_BITS  34 /* of a page number */
#define PAGE_MAX_ORDER 33
#define PAGE_NUM_ZONES 3
#define PAGE_NUM_LISTS (PAGE_MAX_ORDER + 1)
#define PAGE_NO_LIMIT  UINT64_MAX

#define POOL_PAGE_BYTES    4096
#define POOL_TABLE_ENTRIES 1024
#define POOL_PAGE_GROUPS   128
#define POOL_ROOT_ENTRIES  2048

enum group_state {
    GROUP_NONE,  /* no block begins here */
    GROUP_FREE,  /* the first of a free block of 2^order pages */
    GROUP_TAKEN, /* the first of a block of 2^order pages that is in use as a whole */
    GROUP_SPLIT, /* its pages are used one by one: free, start */
};

/* What the two bits of a page in a GROUP_SPLIT say:  free start
 *     the first page of a run that is in use           0     1
 *     a further page of it                             0     0
 *     free                                             1     0
 *     on a stack, or not ours                        1     1 */
struct page_group {
    uint64_t free; /* free and start of a GROUP_SPLIT change by atomic instructions only */
    union {
        uint64_t start;
        uint64_t run_pages; /* GROUP_TAKEN: length of the run that begins here; 0: it began before */
    };
    uint32_t next, prev; /* in its list: index of a group in the pool; 0: none */
    uint32_t number;     /* of its first page / GROUP_PAGES */
    uint8_t state;       /* enum group_state */
    uint8_t order;       /* also the list it is in; GROUP_SPLIT: of the largest free block, or NO_ORDER */
};

_Static_assert(sizeof(struct page_group) == 32, "two to a cache line");

/* Page 0 of the pool stays empty: entries of 0 lead there, and once there they stay there. */
union pool_page {
    uint32_t table[POOL_TABLE_ENTRIES]; /* indices of pool pages */
    struct page_group groups[POOL_PAGE_GROUPS];
};

_Static_assert(sizeof(union pool_page) == POOL_PAGE_BYTES, "a page is a page");

struct page_zone {
    uint64_t nonempty; /* bit n: list n holds something */
    uint32_t lists[PAGE_NUM_LISTS];
};

struct page_allocator {
    union pool_page *pool;
    uint32_t num_pool_pages, num_pool_used;
    uint32_t root[POOL_ROOT_ENTRIES];
    struct page_zone zones[PAGE_NUM_ZONES];
    uint32_t top_zone;  /* the highest that was given anything: whose pages go on stacks */
    uint32_t top_group; /* where it begins */
    uint64_t end_page;  /* no page from here on can be found */
    struct page_stack *stacks;
    uint64_t num_total, num_free, num_used_peak; /* pages; those on stacks are not free here */
};

/* How many pages of pool there must be for ranges that ascend: begin with an empty one, add each. */
struct pool_need {
    uint64_t num_pages;
    uint64_t ends[2]; /* what the last range needed, by level */
};

void pool_need_begin(struct pool_need *need);
void pool_need_add(struct pool_need *need, uint64_t first, uint64_t end);

/* Begins without any pages. The pool may hold any bytes, and is the allocator's from now on; without one
 * there will be no pages either. */
void page_allocator_begin(struct page_allocator *a, union pool_page *pool, uint32_t num_pool_pages);

/* Gives it the pages [first, end), which it does not have yet, 0 < first < end <= 2^34. */
void page_allocator_add(struct page_allocator *a, uint64_t first, uint64_t end);

/*
 * `num_pages` pages in a row, the first a multiple of `align_pages` (a power of two), all below page number
 * `limit` (or PAGE_NO_LIMIT). The first one's number, or 0 if there are no such pages. `stack` is the CPU's
 * own, all 0 before the first use.
 */
uint64_t page_allocator_alloc(struct page_allocator *a, struct page_stack *stack, uint64_t num_pages,
                              uint64_t align_pages, uint64_t limit);

/* Takes back what page_allocator_alloc() gave, whole. Panics if it is anything else. */
void page_allocator_free(struct page_allocator *a, struct page_stack *stack, uint64_t first,
                         uint64_t num_pages);

/* How many pages are free, those on stacks included. */
uint64_t page_allocator_num_free(const struct page_allocator *a);

/* The descriptor of the group of a page below a->end_page; one that is GROUP_NONE if there is none. */
static inline struct page_group *page_group_of(const struct page_allocator *a, uint64_t page)
{
    uint64_t number = page / GROUP_PAGES;
    uint32_t table = a->root[number / POOL_PAGE_GROUPS / POOL_TABLE_ENTRIES];
    uint32_t leaf = a->pool[table].table[number / POOL_PAGE_GROUPS % POOL_TABLE_ENTRIES];

    return &a->pool[leaf].groups[number % POOL_PAGE_GROUPS];
}

/*
 * The same two for one page and no limit, as far as the stack goes; else 0 and false, and nothing is changed.
 * They need only be kept from running twice on one CPU at a time, whatever the others do.
 */
static inline uint64_t page_stack_pop(struct page_allocator *a, struct page_stack *stack)
{
    if (stack->num == 0)
        return 0;
    uint64_t entry = stack->entries[--stack->num];
    struct page_group *g = a->pool->groups + entry / GROUP_PAGES;
    __atomic_and_fetch(&g->free, ~(UINT64_C(1) << entry % GROUP_PAGES), __ATOMIC_RELAXED);
    return (uint64_t)g->number * GROUP_PAGES + entry % GROUP_PAGES;
}

static inline bool page_stack_push(struct page_allocator *a, struct page_stack *stack, uint64_t page)
{
    if (page >= a->end_page || stack->num >= stack->room)
        return false;
    struct page_group *g = page_group_of(a, page);
    uint64_t bit = UINT64_C(1) << page % GROUP_PAGES, behind = bit << 1;
    if (g->state != GROUP_SPLIT || !(g->start & bit) || behind & ~(g->free | g->start) ||
        g->number < a->top_group || __atomic_fetch_or(&g->free, bit, __ATOMIC_RELAXED) & bit)
        return false;
    stack->entries[stack->num++] = (uint64_t)(g - a->pool->groups) * GROUP_PAGES + page % GROUP_PAGES;
    return true;
}

#endif
