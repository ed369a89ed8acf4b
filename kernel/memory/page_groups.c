/*
 * page_groups.c - the descriptors of the page allocator, the tables to them and the lists of them.
 */
#include "kernel/memory/page_allocator_parts.h"

#include "kernel/debug/panic.h"
#include "kernel/lib/string.h"

const uint64_t page_zone_ends[PAGE_NUM_ZONES] = {0x100, 0x100000, UINT64_C(1) << PAGE_NUM_BITS};

struct page_group *group_find(const struct page_allocator *a, uint64_t number)
{
    return page_group_of(a, number * GROUP_PAGES);
}

uint32_t pool_take_page(struct page_allocator *a)
{
    if (a->num_pool_used == a->num_pool_pages)
        panic("page allocator: all %u pages of its pool are used", a->num_pool_pages);
    memset(&a->pool[a->num_pool_used], 0, POOL_PAGE_BYTES);
    return a->num_pool_used++;
}

/* The descriptors of all groups around `number`. */
static uint32_t make_leaf(struct page_allocator *a, uint64_t number)
{
    uint32_t page = pool_take_page(a);

    for (uint32_t i = 0; i < POOL_PAGE_GROUPS; i++)
        a->pool[page].groups[i].number = (uint32_t)(number - number % POOL_PAGE_GROUPS + i);
    return page;
}

struct page_group *group_make(struct page_allocator *a, uint64_t number)
{
    uint32_t *table = &a->root[number >> TABLE_SHIFT];

    if (*table == 0)
        *table = pool_take_page(a);
    uint32_t *leaf = &a->pool[*table].table[(number >> LEAF_SHIFT) % POOL_TABLE_ENTRIES];
    if (*leaf == 0)
        *leaf = make_leaf(a, number);
    return &a->pool[*leaf].groups[number % POOL_PAGE_GROUPS];
}

uint32_t page_zone_of(uint64_t number)
{
    return number < page_zone_ends[0] / GROUP_PAGES ? 0 : number < page_zone_ends[1] / GROUP_PAGES ? 1 : 2;
}

void group_link(struct page_allocator *a, struct page_group *g)
{
    struct page_zone *zone = &a->zones[page_zone_of(g->number)];
    uint32_t index = index_of(a, g), *list = &zone->lists[g->order];

    g->prev = 0;
    g->next = *list;
    if (g->next != 0)
        group_at(a, g->next)->prev = index;
    else
        zone->nonempty |= UINT64_C(1) << g->order;
    *list = index;
}

/* What points to a listed group. It and its neighbours must agree. */
static uint32_t *link_to(struct page_allocator *a, const struct page_group *g)
{
    uint32_t index = index_of(a, g), limit = a->num_pool_used * POOL_PAGE_GROUPS;
    bool agree = g->prev < limit && g->next < limit && (g->next == 0 || group_at(a, g->next)->prev == index);
    uint32_t *to = agree && g->prev != 0 ? &group_at(a, g->prev)->next
                                         : &a->zones[page_zone_of(g->number)].lists[g->order];

    if (!agree || *to != index)
        panic("page allocator: the list entry for 0x%llx is damaged", (unsigned long long)first_page(g)
                                                                          << 12);
    return to;
}

void group_unlink(struct page_allocator *a, struct page_group *g)
{
    struct page_zone *zone = &a->zones[page_zone_of(g->number)];

    *link_to(a, g) = g->next;
    if (g->next != 0)
        group_at(a, g->next)->prev = g->prev;
    if (zone->lists[g->order] == 0)
        zone->nonempty &= ~(UINT64_C(1) << g->order);
}
