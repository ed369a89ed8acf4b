/*
 * page_allocator.c - runs of pages by the buddy system, in the first 64 TiB of the address space.
 */
#include "kernel/memory/page_allocator_parts.h"

#include "kernel/lib/string.h"

_Static_assert(UINT64_C(1) << PAGE_NUM_BITS == (uint64_t)POOL_ROOT_ENTRIES << TABLE_SHIFT << GROUP_ORDER,
               "the root covers it all");

void pool_need_begin(struct pool_need *need)
{
    *need = (struct pool_need){.num_pages = 1};
}

void pool_need_add(struct pool_need *need, uint64_t first, uint64_t end)
{
    static const uint8_t shifts[] = {LEAF_SHIFT, TABLE_SHIFT};

    for (uint32_t level = 0; level < sizeof shifts; level++) {
        uint64_t from = first >> (shifts[level] + GROUP_ORDER);
        uint64_t to = ((end - 1) >> (shifts[level] + GROUP_ORDER)) + 1;

        if (from < need->ends[level])
            from = need->ends[level];
        need->num_pages += to - from;
        need->ends[level] = to;
    }
}

void page_allocator_begin(struct page_allocator *a, union pool_page *pool, uint32_t num_pool_pages)
{
    memset(a, 0, sizeof *a);
    a->pool = pool;
    a->num_pool_pages = num_pool_pages;
    if (num_pool_pages == 0)
        return;
    a->end_page = UINT64_C(1) << PAGE_NUM_BITS;
    pool_take_page(a);
}

void page_allocator_add(struct page_allocator *a, uint64_t first, uint64_t end)
{
    uint32_t zone = page_zone_of((end - 1) / GROUP_PAGES);

    a->num_total += end - first;
    a->num_free += end - first;
    if (a->top_zone < zone) {
        a->top_zone = zone;
        a->top_group = (uint32_t)(page_zone_ends[zone - 1] / GROUP_PAGES);
    }
    while (first < end)
        first += pages_add_some(a, first, end);
}

/* The order of the smallest block that holds so many pages. */
static uint32_t order_for(uint64_t num_pages)
{
    return num_pages <= 1 ? 0 : 64 - (uint32_t)__builtin_clzll(num_pages - 1);
}

/* From the lists, not from a stack. */
static uint64_t take_run(struct page_allocator *a, uint32_t order, uint64_t num_pages, uint64_t limit)
{
    uint64_t first = run_take(a, order, num_pages, limit);

    if (first != 0)
        count_taken_pages(a, num_pages);
    return first;
}

uint64_t page_allocator_alloc(struct page_allocator *a, struct page_stack *stack, uint64_t num_pages,
                              uint64_t align_pages, uint64_t limit)
{
    uint32_t order = order_for(num_pages > align_pages ? num_pages : align_pages);
    uint64_t first = 0;

    if (num_pages == 0 || order > PAGE_MAX_ORDER)
        return 0;
    if (order == 0 && limit == PAGE_NO_LIMIT)
        first = stack_pop(a, stack);
    if (first == 0)
        first = take_run(a, order, num_pages, limit);
    if (first != 0 || stack->num == 0)
        return first;
    stack_drain(a, stack, 0);
    return take_run(a, order, num_pages, limit);
}

void page_allocator_free(struct page_allocator *a, struct page_stack *stack, uint64_t first,
                         uint64_t num_pages)
{
    if (num_pages == 0 || first >= a->end_page)
        run_refuse(a, first, num_pages);
    if (num_pages == 1 && stack_push(a, stack, first))
        return;
    run_free(a, first, num_pages);
    a->num_free += num_pages;
}

uint64_t page_allocator_num_free(const struct page_allocator *a)
{
    uint64_t n = a->num_free;

    for (const struct page_stack *stack = a->stacks; stack != NULL; stack = stack->next)
        n += stack->num;
    return n;
}
