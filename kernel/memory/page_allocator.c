/*
 * page_allocator.c - runs of pages by the buddy system, in the first 64 TiB of the address space.
 */
#include "kernel/memory/page_allocator.h"

#include "kernel/debug/panic.h"
#include "kernel/lib/string.h"

#define NO_ORDER    0xffu
#define ALL_PAGES   UINT64_MAX
#define STACK_BATCH (PAGE_STACK_ROOM / 2)

/* Of a group's number, what one pool page of groups covers, and one of table entries. */
#define LEAF_SHIFT  7
#define TABLE_SHIFT 17

_Static_assert(UINT64_C(1) << PAGE_NUM_BITS == (uint64_t)POOL_ROOT_ENTRIES << TABLE_SHIFT << GROUP_ORDER,
               "the root covers it all");

/* Page numbers: 1 MiB, 4 GiB, all. */
static const uint64_t zone_ends[PAGE_NUM_ZONES] = {0x100, 0x100000, UINT64_C(1) << PAGE_NUM_BITS};

typedef unsigned long long ull;

/* Tables and descriptors ----------------------------------------------------------------------------------*/

static struct page_group *group_at(const struct page_allocator *a, uint32_t index)
{
    return &a->pool[index / POOL_PAGE_GROUPS].groups[index % POOL_PAGE_GROUPS];
}

static uint32_t index_of(const struct page_allocator *a, const struct page_group *g)
{
    return (uint32_t)(g - a->pool->groups);
}

static uint64_t first_page(const struct page_group *g)
{
    return (uint64_t)g->number * GROUP_PAGES;
}

/* The descriptor of a group; one that is GROUP_NONE if there is none. */
static struct page_group *find_group(const struct page_allocator *a, uint64_t number)
{
    return page_group_of(a, number * GROUP_PAGES);
}

static uint32_t take_pool_page(struct page_allocator *a)
{
    if (a->num_pool_used == a->num_pool_pages)
        panic("page allocator: all %u pages of its pool are used", a->num_pool_pages);
    memset(&a->pool[a->num_pool_used], 0, POOL_PAGE_BYTES);
    return a->num_pool_used++;
}

/* The descriptors of all groups around `number`. */
static uint32_t make_leaf(struct page_allocator *a, uint64_t number)
{
    uint32_t page = take_pool_page(a);

    for (uint32_t i = 0; i < POOL_PAGE_GROUPS; i++)
        a->pool[page].groups[i].number = (uint32_t)(number - number % POOL_PAGE_GROUPS + i);
    return page;
}

/* The descriptor of a group, made if there is none. */
static struct page_group *make_group(struct page_allocator *a, uint64_t number)
{
    uint32_t *table = &a->root[number >> TABLE_SHIFT];

    if (*table == 0)
        *table = take_pool_page(a);
    uint32_t *leaf = &a->pool[*table].table[(number >> LEAF_SHIFT) % POOL_TABLE_ENTRIES];
    if (*leaf == 0)
        *leaf = make_leaf(a, number);
    return &a->pool[*leaf].groups[number % POOL_PAGE_GROUPS];
}

/* Lists ---------------------------------------------------------------------------------------------------*/

static uint32_t zone_of(uint64_t number)
{
    return number < zone_ends[0] / GROUP_PAGES ? 0 : number < zone_ends[1] / GROUP_PAGES ? 1 : 2;
}

static void link(struct page_allocator *a, struct page_group *g)
{
    struct page_zone *zone = &a->zones[zone_of(g->number)];
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
    uint32_t *to =
        agree && g->prev != 0 ? &group_at(a, g->prev)->next : &a->zones[zone_of(g->number)].lists[g->order];

    if (!agree || *to != index)
        panic("page allocator: the list entry for 0x%llx is damaged", (ull)first_page(g) << 12);
    return to;
}

static void unlink(struct page_allocator *a, struct page_group *g)
{
    struct page_zone *zone = &a->zones[zone_of(g->number)];

    *link_to(a, g) = g->next;
    if (g->next != 0)
        group_at(a, g->next)->prev = g->prev;
    if (zone->lists[g->order] == 0)
        zone->nonempty &= ~(UINT64_C(1) << g->order);
}

/* Blocks of whole groups ----------------------------------------------------------------------------------*/

static uint64_t groups_in(uint32_t order)
{
    return UINT64_C(1) << (order - GROUP_ORDER);
}

static void link_block(struct page_allocator *a, struct page_group *g, uint32_t order)
{
    g->state = GROUP_FREE;
    g->order = (uint8_t)order;
    link(a, g);
}

/* Makes a block free, one with its buddy if that is, and so on. */
static void free_block(struct page_allocator *a, uint64_t number, uint32_t order)
{
    for (; order < PAGE_MAX_ORDER; order++) {
        struct page_group *buddy = find_group(a, number ^ groups_in(order));

        if (buddy->state != GROUP_FREE || buddy->order != order)
            break;
        unlink(a, buddy);
        buddy->state = GROUP_NONE;
        number &= ~groups_in(order);
    }
    link_block(a, make_group(a, number), order);
}

/* Groups whose pages are used one by one ------------------------------------------------------------------*/

static uint64_t first_pages(uint64_t n)
{
    return n < GROUP_PAGES ? (UINT64_C(1) << n) - 1 : ALL_PAGES;
}

/* Other CPUs change bits of the same words: those of pages on their stacks. */
static void set_bits(uint64_t *word, uint64_t bits)
{
    __atomic_or_fetch(word, bits, __ATOMIC_RELAXED);
}

static void clear_bits(uint64_t *word, uint64_t bits)
{
    __atomic_and_fetch(word, ~bits, __ATOMIC_RELAXED);
}

static uint64_t free_pages(const struct page_group *g)
{
    return g->free & ~g->start;
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

static uint64_t places_for(uint64_t pages, uint32_t order)
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

/* Puts a group, whose pages have changed, into the list where it belongs now. */
static void refile(struct page_allocator *a, struct page_group *g)
{
    uint32_t order = largest_order(free_pages(g));

    if (order == g->order)
        return;
    if (g->order != NO_ORDER)
        unlink(a, g);
    g->order = (uint8_t)order;
    if (order == GROUP_ORDER) {
        g->state = GROUP_NONE;
        free_block(a, g->number, GROUP_ORDER);
    } else if (order != NO_ORDER) {
        link(a, g);
    }
}

static void split_group(struct page_group *g, uint64_t free, uint64_t start)
{
    g->state = GROUP_SPLIT;
    g->order = NO_ORDER;
    g->free = free;
    g->start = start;
}

/* The pages `mask` of one group become ours. */
static void add_pages(struct page_allocator *a, uint64_t number, uint64_t mask)
{
    struct page_group *g = make_group(a, number);

    if (g->state != GROUP_SPLIT)
        split_group(g, ALL_PAGES, ALL_PAGES);
    clear_bits(&g->start, mask);
    refile(a, g);
}

/* The pages from `first` on become ours as far as one block or one group goes. How many they are. */
static uint64_t add_some(struct page_allocator *a, uint64_t first, uint64_t end)
{
    uint64_t number = first / GROUP_PAGES, place = first % GROUP_PAGES, n = end - first;
    uint32_t order = 63 - (uint32_t)__builtin_clzll(n), aligned = (uint32_t)__builtin_ctzll(first);

    if (order > aligned)
        order = aligned;
    if (order >= GROUP_ORDER) {
        free_block(a, number, order);
        return UINT64_C(1) << order;
    }
    if (n > GROUP_PAGES - place)
        n = GROUP_PAGES - place;
    add_pages(a, number, first_pages(n) << place);
    return n;
}

/* Handing out ---------------------------------------------------------------------------------------------*/

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
            take_whole(make_group(a, number), order, run_pages);
            run_pages = 0;
            number += half;
            left -= UINT64_C(1) << order;
        } else {
            link_block(a, make_group(a, number + half), order);
        }
    }
    struct page_group *g = make_group(a, number);
    if (left == UINT64_C(1) << order) {
        take_whole(g, order, run_pages);
    } else {
        split_group(g, ~first_pages(left), run_pages != 0);
        refile(a, g);
    }
}

static uint64_t use_pages(struct page_allocator *a, struct page_group *g, uint32_t place, uint64_t num_pages)
{
    clear_bits(&g->free, first_pages(num_pages) << place);
    set_bits(&g->start, UINT64_C(1) << place);
    refile(a, g);
    return first_page(g) + place;
}

/* Where in a listed group or block a block of 2^order pages begins first; it has room for one. */
static uint32_t first_place(const struct page_group *g, uint32_t order)
{
    return g->state == GROUP_SPLIT ? (uint32_t)__builtin_ctzll(places_for(free_pages(g), order)) : 0;
}

static uint64_t use(struct page_allocator *a, struct page_group *g, uint32_t order, uint64_t num_pages)
{
    uint64_t number = g->number;

    if (g->state == GROUP_SPLIT)
        return use_pages(a, g, first_place(g, order), num_pages);
    unlink(a, g);
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
    return use(a, group_at(a, zone->lists[order + (uint32_t)__builtin_ctzll(lists)]), order, num_pages);
}

/* The same with a limit inside the zone: looks at each block. */
static uint64_t take_below(struct page_allocator *a, struct page_zone *zone, uint32_t order,
                           uint64_t num_pages, uint64_t limit)
{
    for (uint32_t list = order; list < PAGE_NUM_LISTS; list++) {
        for (uint32_t i = zone->lists[list]; i != 0; i = group_at(a, i)->next) {
            struct page_group *g = group_at(a, i);

            if (first_page(g) + first_place(g, order) + num_pages <= limit)
                return use(a, g, order, num_pages);
        }
    }
    return 0;
}

static uint64_t take_anywhere(struct page_allocator *a, uint32_t order, uint64_t num_pages, uint64_t limit)
{
    uint64_t first = 0;

    for (uint32_t i = PAGE_NUM_ZONES; i-- > 0 && first == 0;) {
        struct page_zone *zone = &a->zones[i];

        if (limit >= zone_ends[i])
            first = take(a, zone, order, num_pages);
        else if (i == 0 || limit > zone_ends[i - 1])
            first = take_below(a, zone, order, num_pages, limit);
    }
    return first;
}

static void count_taken(struct page_allocator *a, uint64_t num_pages)
{
    a->num_free -= num_pages;
    if (a->num_used_peak < a->num_total - a->num_free)
        a->num_used_peak = a->num_total - a->num_free;
}

/* The stacks of single pages ------------------------------------------------------------------------------*/

/* A group with free pages, made of a whole one if there is none. Null if all is used. */
static struct page_group *group_to_use(struct page_allocator *a, struct page_zone *zone)
{
    if (zone->nonempty == 0)
        return NULL;
    struct page_group *g = group_at(a, zone->lists[__builtin_ctzll(zone->nonempty)]);
    if (g->state != GROUP_SPLIT) {
        use(a, g, GROUP_ORDER, GROUP_PAGES);
        split_group(g, ALL_PAGES, 0);
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
    count_taken(a, stack->num);
    refile(a, g);
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
    refile(a, g);
}

static void drain(struct page_allocator *a, struct page_stack *stack, uint32_t num_left)
{
    while (stack->num > num_left)
        unstack(a, stack, stack->num - num_left);
}

/* A page from the stack; 0 if there is none to put on it either. */
static uint64_t pop(struct page_allocator *a, struct page_stack *stack)
{
    list_stack(a, stack);
    if (stack->num == 0)
        refill(a, stack);
    return page_stack_pop(a, stack);
}

/* False if it is no page that a stack may hold. */
static bool push(struct page_allocator *a, struct page_stack *stack, uint64_t page)
{
    list_stack(a, stack);
    if (stack->num == PAGE_STACK_ROOM)
        drain(a, stack, PAGE_STACK_ROOM - STACK_BATCH);
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

static bool is_stacked(const struct page_allocator *a, uint64_t page)
{
    const struct page_stack *stack = a->stacks;

    while (stack != NULL && !is_on(a, stack, page))
        stack = stack->next;
    return stack != NULL;
}

/* Taking back ---------------------------------------------------------------------------------------------*/

static const char *fault_in_split(const struct page_allocator *a, const struct page_group *g, uint64_t page)
{
    uint64_t bit = UINT64_C(1) << page % GROUP_PAGES;

    if (g->free & bit)
        return g->start & bit && !is_stacked(a, page) ? "never handed out" : "free already";
    return g->start & bit ? "a run of another length" : "inside a run";
}

/* Why pages that begin with this one cannot be freed. */
static const char *fault_at(const struct page_allocator *a, uint64_t page)
{
    uint64_t number = page / GROUP_PAGES;

    if (page >= a->end_page)
        return "never handed out";
    const struct page_group *g = find_group(a, number);
    if (g->state == GROUP_SPLIT)
        return fault_in_split(a, g, page);
    for (uint32_t order = GROUP_ORDER; order <= PAGE_MAX_ORDER; order++) {
        g = find_group(a, number & ~(groups_in(order) - 1));
        if (g->state == GROUP_FREE && g->order >= order)
            return "free already";
        if (g->state == GROUP_TAKEN && g->order >= order)
            return page == first_page(g) && g->run_pages != 0 ? "a run of another length" : "inside a run";
    }
    return "never handed out";
}

static _Noreturn void refuse(const struct page_allocator *a, uint64_t first, uint64_t num_pages)
{
    panic("pages_free(0x%llx, %llu): %s", (ull)first << 12, (ull)num_pages, fault_at(a, first));
}

/* True if `num_pages` pages from `place` on, at most all that the group has, are all there is of a run or of
 * its end. */
static bool is_run(const struct page_group *g, uint32_t place, uint64_t num_pages, bool begins)
{
    uint64_t mask = first_pages(num_pages) << place;
    uint64_t behind = place + num_pages < GROUP_PAGES ? UINT64_C(1) << (place + num_pages) : 0;

    return g->state == GROUP_SPLIT && place + num_pages <= GROUP_PAGES && (g->free & mask) == 0 &&
           (g->start & mask) == (begins ? UINT64_C(1) << place : 0) &&
           (behind == 0 || ((g->free | g->start) & behind) != 0);
}

/* The part of a run that is whole blocks, from its beginning on. How many pages that were. */
static uint64_t free_blocks(struct page_allocator *a, uint64_t first, uint64_t num_pages)
{
    uint64_t left = num_pages, number = first / GROUP_PAGES, run_pages = num_pages;

    for (; left >= GROUP_PAGES; run_pages = 0) {
        uint32_t order = 63 - (uint32_t)__builtin_clzll(left);
        struct page_group *g = find_group(a, number);

        if (first % GROUP_PAGES != 0 || g->state != GROUP_TAKEN || g->order != order ||
            g->run_pages != run_pages)
            refuse(a, first, num_pages);
        g->state = GROUP_NONE;
        free_block(a, number, order);
        number += groups_in(order);
        left -= UINT64_C(1) << order;
    }
    return num_pages - left;
}

static void free_run(struct page_allocator *a, uint64_t first, uint64_t num_pages)
{
    uint64_t done = free_blocks(a, first, num_pages), left = num_pages - done;
    struct page_group *g = find_group(a, (first + done) / GROUP_PAGES);
    uint32_t place = (uint32_t)(first + done) % GROUP_PAGES;

    if (left == 0)
        return;
    if (!is_run(g, place, left, done == 0))
        refuse(a, first, num_pages);
    set_bits(&g->free, first_pages(left) << place);
    clear_bits(&g->start, first_pages(left) << place);
    refile(a, g);
}

/* What others call ----------------------------------------------------------------------------------------*/

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
    take_pool_page(a);
}

void page_allocator_add(struct page_allocator *a, uint64_t first, uint64_t end)
{
    uint32_t zone = zone_of((end - 1) / GROUP_PAGES);

    a->num_total += end - first;
    a->num_free += end - first;
    if (a->top_zone < zone) {
        a->top_zone = zone;
        a->top_group = (uint32_t)(zone_ends[zone - 1] / GROUP_PAGES);
    }
    while (first < end)
        first += add_some(a, first, end);
}

/* The order of the smallest block that holds so many pages. */
static uint32_t order_for(uint64_t num_pages)
{
    return num_pages <= 1 ? 0 : 64 - (uint32_t)__builtin_clzll(num_pages - 1);
}

/* From the lists, not from a stack. */
static uint64_t take_run(struct page_allocator *a, uint32_t order, uint64_t num_pages, uint64_t limit)
{
    uint64_t first = take_anywhere(a, order, num_pages, limit);

    if (first != 0)
        count_taken(a, num_pages);
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
        first = pop(a, stack);
    if (first == 0)
        first = take_run(a, order, num_pages, limit);
    if (first != 0 || stack->num == 0)
        return first;
    drain(a, stack, 0);
    return take_run(a, order, num_pages, limit);
}

void page_allocator_free(struct page_allocator *a, struct page_stack *stack, uint64_t first,
                         uint64_t num_pages)
{
    if (num_pages == 0 || first >= a->end_page)
        refuse(a, first, num_pages);
    if (num_pages == 1 && push(a, stack, first))
        return;
    free_run(a, first, num_pages);
    a->num_free += num_pages;
}

uint64_t page_allocator_num_free(const struct page_allocator *a)
{
    uint64_t n = a->num_free;

    for (const struct page_stack *stack = a->stacks; stack != NULL; stack = stack->next)
        n += stack->num;
    return n;
}
