/*
 * page_allocator_parts.h - what the files of the page allocator have from each other; page_allocator.h says
 * what it does.
 *
 * page_groups.c descriptors and their lists; page_blocks.c free blocks, and the pages of split groups;
 * page_take.c handing out; page_stacks.c the CPUs' stacks; page_free.c taking back.
 */
#ifndef KERNEL_PAGE_ALLOCATOR_PARTS_H
#define KERNEL_PAGE_ALLOCATOR_PARTS_H

#include "kernel/memory/page_allocator.h"

#define NO_ORDER  0xffu
#define ALL_PAGES UINT64_MAX

/* Of a group's number, what one pool page of groups covers, and one of table entries. */
#define LEAF_SHIFT  7
#define TABLE_SHIFT 17

/* Page numbers: 1 MiB, 4 GiB, all. */
extern const uint64_t page_zone_ends[PAGE_NUM_ZONES];

/* A page of the pool, all 0. Panics if there is none. */
uint32_t pool_take_page(struct page_allocator *a);

/* The descriptor of a group; one that is GROUP_NONE if there is none. */
struct page_group *group_find(const struct page_allocator *a, uint64_t number);

/* The descriptor of a group, made if there is none. */
struct page_group *group_make(struct page_allocator *a, uint64_t number);

/* Of the group's zone, the list of its order. group_unlink() panics if the list is damaged. */
uint32_t page_zone_of(uint64_t number);
void group_link(struct page_allocator *a, struct page_group *g);
void group_unlink(struct page_allocator *a, struct page_group *g);

/* A block of whole groups is free, and in its list. */
void block_link(struct page_allocator *a, struct page_group *g, uint32_t order);

/* Makes a block free, one with its buddy if that is, and so on. */
void block_free(struct page_allocator *a, uint64_t number, uint32_t order);

/* Where in `pages` blocks of 2^order pages begin. */
uint64_t group_places_for(uint64_t pages, uint32_t order);

void group_split(struct page_group *g, uint64_t free, uint64_t start);

/* Puts a group, whose pages have changed, into the list where it belongs now. */
void group_refile(struct page_allocator *a, struct page_group *g);

/* The pages from `first` on become ours as far as one block or one group goes. How many they are. */
uint64_t pages_add_some(struct page_allocator *a, uint64_t first, uint64_t end);

/* `num_pages` pages of a listed group or block, which has room for a block of 2^order, become a run. */
uint64_t group_use(struct page_allocator *a, struct page_group *g, uint32_t order, uint64_t num_pages);

/* A run below `limit` from the lists; 0 if there is none. */
uint64_t run_take(struct page_allocator *a, uint32_t order, uint64_t num_pages, uint64_t limit);

void count_taken_pages(struct page_allocator *a, uint64_t num_pages);

/* A page from the stack; 0 if there is none to put on it either. */
uint64_t stack_pop(struct page_allocator *a, struct page_stack *stack);

/* False if it is no page that a stack may hold. */
bool stack_push(struct page_allocator *a, struct page_stack *stack, uint64_t page);

/* Makes its pages free again, but for `num_left`. */
void stack_drain(struct page_allocator *a, struct page_stack *stack, uint32_t num_left);

/* True if the page is on any CPU's stack. */
bool stacks_hold(const struct page_allocator *a, uint64_t page);

/* Panics, and says why these pages cannot be freed. */
_Noreturn void run_refuse(const struct page_allocator *a, uint64_t first, uint64_t num_pages);

/* Not through a stack. */
void run_free(struct page_allocator *a, uint64_t first, uint64_t num_pages);

static inline struct page_group *group_at(const struct page_allocator *a, uint32_t index)
{
    return &a->pool[index / POOL_PAGE_GROUPS].groups[index % POOL_PAGE_GROUPS];
}

static inline uint32_t index_of(const struct page_allocator *a, const struct page_group *g)
{
    return (uint32_t)(g - a->pool->groups);
}

static inline uint64_t first_page(const struct page_group *g)
{
    return (uint64_t)g->number * GROUP_PAGES;
}

static inline uint64_t groups_in(uint32_t order)
{
    return UINT64_C(1) << (order - GROUP_ORDER);
}

static inline uint64_t first_pages(uint64_t n)
{
    return n < GROUP_PAGES ? (UINT64_C(1) << n) - 1 : ALL_PAGES;
}

/* Other CPUs change bits of the same words: those of pages on their stacks. */
static inline void set_bits(uint64_t *word, uint64_t bits)
{
    __atomic_or_fetch(word, bits, __ATOMIC_RELAXED);
}

static inline void clear_bits(uint64_t *word, uint64_t bits)
{
    __atomic_and_fetch(word, ~bits, __ATOMIC_RELAXED);
}

static inline uint64_t free_pages(const struct page_group *g)
{
    return g->free & ~g->start;
}

#endif
