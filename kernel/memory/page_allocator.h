/*
 * page_allocator.h - runs of pages by the buddy system, in the first 64 TiB of the address space.
 *
 * Pages are known by their number, physical address / 4096. Memory is free in blocks of 2^order pages,
 * naturally aligned; blocks from 64 pages on merge with their buddy as soon as that is free, and among the
 * 64 pages of one group, 256 KiB, a bit each says what is free: blocks of less are found in it by a few
 * instructions. Groups with room, and free blocks, are in lists by the order of the largest block in them,
 * one set of lists each for the memory below 1 MiB, below 4 GiB and above; no block crosses these borders,
 * because it would begin at page 0, which is never given. Single pages go through a small stack.
 *
 * All of that is written in descriptors, 32 bytes for a group, outside the memory it is about: nothing there
 * is ever touched, and a write to freed memory does no harm here. Descriptors lie in a pool and are reached
 * through tables like page tables: what nobody asks for costs nothing, wherever in the address space it is.
 *
 * Nothing here touches hardware or locks anything. Damaged links, and pages that must not be freed, panic.
 */
#ifndef KERNEL_PAGE_ALLOCATOR_H
#define KERNEL_PAGE_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GROUP_ORDER     6
#define GROUP_PAGES     64
#define PAGE_NUM_BITS   34 /* of a page number */
#define PAGE_MAX_ORDER  33
#define PAGE_NUM_ZONES  3
#define PAGE_NUM_LISTS  (PAGE_MAX_ORDER + 1)
#define PAGE_STACK_ROOM 64
#define PAGE_NO_LIMIT   UINT64_MAX

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
 *     on the stack, or not ours                        1     1 */
struct page_group {
    uint64_t free;
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
    uint32_t top_zone; /* the highest that was given anything: the only one whose pages go on the stack */
    uint32_t num_stacked;
    uint64_t stack[PAGE_STACK_ROOM]; /* index of the group in the pool * GROUP_PAGES + page in it */
    uint64_t num_total, num_free, num_used_peak; /* pages */
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
 * `limit` (or PAGE_NO_LIMIT). The first one's number, or 0 if there are no such pages.
 */
uint64_t page_allocator_alloc(struct page_allocator *a, uint64_t num_pages, uint64_t align_pages,
                              uint64_t limit);

/* Takes back what page_allocator_alloc() gave, whole. Panics if it is anything else. */
void page_allocator_free(struct page_allocator *a, uint64_t first, uint64_t num_pages);

#endif
