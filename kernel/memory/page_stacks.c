/*
 * page_stacks.c - the stacks of single pages, where they are filled and emptied.
 */
#include "kernel/memory/page_allocator_parts.h"

#define STACK_BATCH (PAGE_STACK_ROOM / 2)

/* A group with free pages, made of a whole one if there is none. Null if all is used. */
static struct page_group *group_to_use(struct page_allocator *a, struct page_zone *zone)
{
    if (zone->nonempty == 0)
        return NULL;
    struct page_group *g = group_at(a, zone->lists[__builtin_ctzll(zone->nonempty)]);
    if (g->state != GROUP_SPLIT) {
        group_use(a, g, GROUP_ORDER, GROUP_PAGES);
        group_split(g, ALL_PAGES, 0);
    }
    return g;
}

static void list_stack(struct page_allocator *a, struct page_stack *stack)
{
    if (stack->room != 0)
        return;
    stack->room = PAGE_STACK_ROOM;
    stack->next = a->stacks;
    a->stacks = stack;
}

/* Puts up to STACK_BATCH pages of one group onto an empty stack. */
static void refill(struct page_allocator *a, struct page_stack *stack)
{
    struct page_group *g = group_to_use(a, &a->zones[a->top_zone]);

    if (g == NULL)
        return;
    uint64_t first = (uint64_t)index_of(a, g) * GROUP_PAGES, pages = free_pages(g);
    for (; stack->num < STACK_BATCH && pages != 0; pages &= pages - 1) {
        set_bits(&g->start, pages & -pages);
        stack->entries[stack->num++] = first + (uint32_t)__builtin_ctzll(pages);
    }
    count_taken_pages(a, stack->num);
    group_refile(a, g);
}

/* Takes pages of one group from a stack, as many as lie on top and at most `n`; they are free again. */
static void unstack(struct page_allocator *a, struct page_stack *stack, uint32_t n)
{
    uint64_t group = stack->entries[stack->num - 1] / GROUP_PAGES, pages = 0;
    struct page_group *g = group_at(a, (uint32_t)group);

    for (; n > 0 && stack->num > 0 && stack->entries[stack->num - 1] / GROUP_PAGES == group; n--) {
        pages |= UINT64_C(1) << stack->entries[--stack->num] % GROUP_PAGES;
        a->num_free++;
    }
    clear_bits(&g->start, pages);
    group_refile(a, g);
}

void stack_drain(struct page_allocator *a, struct page_stack *stack, uint32_t num_left)
{
    while (stack->num > num_left)
        unstack(a, stack, stack->num - num_left);
}

uint64_t stack_pop(struct page_allocator *a, struct page_stack *stack)
{
    list_stack(a, stack);
    if (stack->num == 0)
        refill(a, stack);
    return page_stack_pop(a, stack);
}

bool stack_push(struct page_allocator *a, struct page_stack *stack, uint64_t page)
{
    list_stack(a, stack);
    if (stack->num == PAGE_STACK_ROOM)
        stack_drain(a, stack, PAGE_STACK_ROOM - STACK_BATCH);
    return page_stack_push(a, stack, page);
}

static bool is_on(const struct page_allocator *a, const struct page_stack *stack, uint64_t page)
{
    for (uint32_t i = 0; i < stack->num; i++) {
        uint64_t entry = stack->entries[i];

        if (first_page(group_at(a, (uint32_t)(entry / GROUP_PAGES))) + entry % GROUP_PAGES == page)
            return true;
    }
    return false;
}

bool stacks_hold(const struct page_allocator *a, uint64_t page)
{
    const struct page_stack *stack = a->stacks;

    while (stack != NULL && !is_on(a, stack, page))
        stack = stack->next;
    return stack != NULL;
}
