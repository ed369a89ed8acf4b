/* units: kernel/memory/page_allocator.c kernel/memory/page_groups.c kernel/memory/page_blocks.c
 * kernel/memory/page_take.c kernel/memory/page_stacks.c kernel/memory/page_free.c */
/*
 * The page allocator against a model: an array that says of each page whose it is.
 */
#include "tests/host/host_test.h"

#include "kernel/debug/panic.h"
#include "kernel/memory/page_allocator.h"

#define MAX_RANGES 4096
#define MAX_RUNS   4096
#define MAX_PAGES  (1u << 20)
#define TIB        (UINT64_C(1) << 28) /* in pages */

enum { NOT_OURS, FREE, USED };

static struct page_allocator a;
static struct page_stack stack, other_stack; /* of two CPUs */
static union pool_page *pool;

/* The model. */
static struct range {
    uint64_t first, end;
    uint32_t at; /* of its first page in `pages` */
} ranges[MAX_RANGES];
static uint32_t num_ranges, num_pages;
static uint8_t pages[MAX_PAGES];

static struct run {
    uint64_t first, n;
} runs[MAX_RUNS];
static uint32_t num_runs;

static jmp_buf after_panic;
static char panic_text[256];

_Noreturn void panic(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(panic_text, sizeof panic_text, format, args);
    va_end(args);
    longjmp(after_panic, 1);
}

#define EXPECT_PANIC(action, end_of_text)                                                                    \
    do {                                                                                                     \
        panic_text[0] = 0;                                                                                   \
        if (setjmp(after_panic) == 0) {                                                                      \
            action;                                                                                          \
            fail_msg("no panic: %s", #action);                                                               \
        }                                                                                                    \
        size_t from = strlen(panic_text) - strlen(end_of_text);                                              \
        assert_string_equal(panic_text + from, end_of_text);                                                 \
    } while (0)

static struct range *range_of(uint64_t page)
{
    uint32_t low = 0, high = num_ranges;

    while (low < high) {
        uint32_t mid = (low + high) / 2;

        if (ranges[mid].end <= page)
            low = mid + 1;
        else
            high = mid;
    }
    return low < num_ranges && ranges[low].first <= page ? &ranges[low] : NULL;
}

static uint8_t model_at(uint64_t page)
{
    const struct range *r = range_of(page);

    return r == NULL ? NOT_OURS : pages[r->at + (page - r->first)];
}

static void mark(uint64_t first, uint64_t n, uint8_t from, uint8_t to)
{
    for (uint64_t page = first; page < first + n; page++) {
        struct range *r = range_of(page);

        assert_non_null(r);
        assert_int_equal(pages[r->at + (page - r->first)], from);
        pages[r->at + (page - r->first)] = to;
    }
}

/* Ranges ascend; without a model if they are too large for one. */
static void begin(const uint64_t (*given)[2], uint32_t n)
{
    struct pool_need need;

    free(pool);
    pool_need_begin(&need);
    for (uint32_t i = 0; i < n; i++)
        pool_need_add(&need, given[i][0], given[i][1]);
    pool = aligned_alloc(POOL_PAGE_BYTES, need.num_pages * POOL_PAGE_BYTES);
    memset(pool, 0xa5, need.num_pages * POOL_PAGE_BYTES);
    memset(&a, 0xa5, sizeof a);
    memset(&stack, 0, sizeof stack);
    memset(&other_stack, 0, sizeof other_stack);
    page_allocator_begin(&a, pool, (uint32_t)need.num_pages);
    num_ranges = num_pages = num_runs = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t size = given[i][1] - given[i][0];

        page_allocator_add(&a, given[i][0], given[i][1]);
        if (size > MAX_PAGES - num_pages)
            continue;
        ranges[num_ranges++] = (struct range){given[i][0], given[i][1], num_pages};
        memset(pages + num_pages, FREE, size);
        num_pages += (uint32_t)size;
    }
}

static int teardown(void **state)
{
    (void)state;
    free(pool);
    pool = NULL;
    return 0;
}

static uint64_t block_pages(uint64_t n, uint64_t align)
{
    uint64_t size = 1;

    while (size < n || size < align)
        size *= 2;
    return size;
}

static bool is_free_run(uint64_t first, uint64_t n)
{
    for (uint64_t page = first; page < first + n; page++) {
        if (model_at(page) != FREE)
            return false;
    }
    return true;
}

/* True if the model has a free block from whose beginning `n` pages lie below the limit. */
static bool model_has(uint64_t n, uint64_t align, uint64_t limit)
{
    uint64_t size = block_pages(n, align);

    for (uint32_t i = 0; i < num_ranges; i++) {
        uint64_t first = (ranges[i].first + size - 1) & ~(size - 1);

        for (; first + n <= ranges[i].end && first <= limit - n && n <= limit; first += size) {
            if (is_free_run(first, size))
                return true;
        }
    }
    return false;
}

/* As pages.c does it: without the lists, if that goes. */
static uint64_t alloc(uint64_t n, uint64_t align, uint64_t limit)
{
    uint64_t first = n == 1 && align <= 1 && limit == PAGE_NO_LIMIT ? page_stack_pop(&a, &stack) : 0;

    if (first == 0)
        first = page_allocator_alloc(&a, &stack, n, align, limit);
    if (first == 0) {
        assert_false(model_has(n, align, limit));
        return 0;
    }
    assert_true(align == 0 || first % align == 0);
    assert_true(first + n <= limit);
    mark(first, n, FREE, USED);
    assert_true(num_runs < MAX_RUNS);
    runs[num_runs++] = (struct run){first, n};
    return first;
}

static void free_nth(uint32_t i)
{
    struct run run = runs[i];

    runs[i] = runs[--num_runs];
    mark(run.first, run.n, USED, FREE);
    if (run.n != 1 || !page_stack_push(&a, &stack, run.first))
        page_allocator_free(&a, &stack, run.first, run.n);
}

static void expect_counts(void)
{
    uint64_t used = 0;

    for (uint32_t i = 0; i < num_runs; i++)
        used += runs[i].n;
    assert_int_equal(a.num_total, num_pages);
    assert_int_equal(page_allocator_num_free(&a), num_pages - used);
    assert_true(a.num_used_peak >= used);
}

/* How many blocks there are in all lists, after the stack has been emptied by a request nobody can meet. */
static void count_blocks(uint32_t counts[PAGE_NUM_ZONES][PAGE_NUM_LISTS])
{
    assert_int_equal(page_allocator_alloc(&a, &stack, UINT64_C(1) << PAGE_MAX_ORDER, 1, PAGE_NO_LIMIT), 0);
    for (uint32_t z = 0; z < PAGE_NUM_ZONES; z++) {
        for (uint32_t list = 0; list < PAGE_NUM_LISTS; list++) {
            uint32_t n = 0, i = a.zones[z].lists[list];

            assert_int_equal(a.zones[z].nonempty >> list & 1, i != 0);
            for (; i != 0; i = a.pool[i / POOL_PAGE_GROUPS].groups[i % POOL_PAGE_GROUPS].next)
                n++;
            counts[z][list] = n;
        }
    }
}

/* In `nth` of 8 cases small, else anything up to `most`. */
static uint64_t random_length(uint64_t *seed, uint64_t most)
{
    uint64_t bits = random_u64(seed) % 16;

    if (random_u64(seed) % 2 == 0)
        return 1;
    return 1 + random_u64(seed) % (bits < 8 ? 8 : bits < 14 ? 200 : most);
}

static uint64_t random_limit(uint64_t *seed)
{
    switch (random_u64(seed) % 8) {
    case 0:
        return 0x100;
    case 1:
        return 0x100000;
    case 2:
        return random_u64(seed) % 0x2000;
    case 3:
        return 0xfff80 + random_u64(seed) % 0x200;
    default:
        return PAGE_NO_LIMIT;
    }
}

/* Any operations in any order; at the end everything is free in as few blocks as at the beginning. */
static void play(uint64_t seed, uint32_t num_steps, uint64_t most)
{
    static uint32_t before[PAGE_NUM_ZONES][PAGE_NUM_LISTS], after[PAGE_NUM_ZONES][PAGE_NUM_LISTS];

    count_blocks(before);
    for (uint32_t step = 0; step < num_steps; step++) {
        bool grows = step / 512 % 2 == 0;

        if (num_runs < MAX_RUNS && (num_runs == 0 || random_u64(&seed) % 4 < (grows ? 3 : 1)))
            alloc(random_length(&seed, most), UINT64_C(1) << random_u64(&seed) % 24 % 10,
                  random_limit(&seed));
        else
            free_nth((uint32_t)(random_u64(&seed) % num_runs));
        if (step % 64 == 0)
            expect_counts();
    }
    while (num_runs > 0)
        free_nth((uint32_t)(random_u64(&seed) % num_runs));
    expect_counts();
    count_blocks(after);
    assert_memory_equal(before, after, sizeof before);
}

/* On both sides of every border: 1 MiB, 4 GiB, and above a hole at 1 TiB; ends that are no multiples of 64.
 */
static const uint64_t machine[][2] = {{0x1, 0x9f},           {0x100, 0x133},       {0x134, 0x1000},
                                      {0xfff0a, 0x100000},   {0x100000, 0x100300}, {TIB - 0x200, TIB - 1},
                                      {TIB + 3, TIB + 0x403}};

static void test_random_play(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        begin(machine, 7);
        play(seed, 4096, 2000);
    }
}

static void test_thousands_of_ranges(void **state)
{
    static uint64_t given[2000][2];
    uint64_t seed = 7, at = 1;

    (void)state;
    for (uint32_t i = 0; i < 2000; i++) {
        at += random_u64(&seed) % (i % 10 == 0 ? 20000 : 100);
        given[i][0] = at;
        at += 1 + random_u64(&seed) % (i % 7 == 0 ? 1000 : 70);
        given[i][1] = at;
        at += 1;
    }
    begin(given, 2000);
    play(3, 8192, 500);
}

/* 16 MiB, page for page, until there is none, freed in another order. */
static void test_exhaustion(void **state)
{
    static const uint64_t small[][2] = {{0x1, 0x9f}, {0x205, 0xfe0}};
    uint64_t seed = 5;

    (void)state;
    begin(small, 2);
    for (uint32_t i = 0; i < num_pages; i++)
        assert_int_not_equal(alloc(1, 1, PAGE_NO_LIMIT), 0);
    assert_int_equal(page_allocator_num_free(&a), 0);
    assert_int_equal(a.num_used_peak, num_pages);
    assert_int_equal(alloc(1, 1, PAGE_NO_LIMIT), 0);
    assert_int_equal(alloc(1, 1, 0x100), 0);
    while (num_runs > 0)
        free_nth((uint32_t)(random_u64(&seed) % num_runs));
    assert_int_not_equal(alloc(0x400, 0x400, PAGE_NO_LIMIT), 0);
}

/* Every other page in use: half of it is free, and not two in a row. */
static void test_fragmentation(void **state)
{
    static const uint64_t given[][2] = {{0x400, 0x800}};

    (void)state;
    begin(given, 1);
    while (alloc(1, 1, PAGE_NO_LIMIT) != 0)
        ;
    for (uint32_t i = num_runs; i-- > 0;) {
        if (runs[i].first % 2 == 0)
            free_nth(i);
    }
    assert_int_equal(page_allocator_num_free(&a), 0x200);
    assert_int_equal(alloc(2, 1, PAGE_NO_LIMIT), 0);
    while (num_runs > 0)
        free_nth(0);
    assert_int_equal(alloc(0x400, 0x400, PAGE_NO_LIMIT), 0x400);
}

static void test_high_memory_first(void **state)
{
    (void)state;
    begin(machine, 7);
    assert_true(alloc(1, 1, PAGE_NO_LIMIT) >= 0x100000);
    assert_true(alloc(100, 1, PAGE_NO_LIMIT) >= 0x100000);
    assert_in_range(alloc(1, 1, 0x100000), 0x100, 0xfffff);
    assert_in_range(alloc(1, 1, 0x100), 1, 0x9e);
    assert_in_range(alloc(5, 1, 0x20), 1, 0x1b);
    uint64_t low = page_allocator_alloc(&a, &stack, 1, 1, 0x100);
    assert_false(page_stack_push(&a, &stack, low));
    page_allocator_free(&a, &stack, low, 1);
    while (a.zones[2].nonempty != 0)
        alloc(1, 1, PAGE_NO_LIMIT);
    assert_in_range(alloc(4, 1, PAGE_NO_LIMIT), 0x100, 0xfffff);
}

/* The last page of the address space there is, and a terabyte that is free as a whole. */
static void test_large(void **state)
{
    static const uint64_t given[][2] = {{TIB, 4 * TIB}, {(UINT64_C(1) << 34) - 1, UINT64_C(1) << 34}};

    (void)state;
    begin(given, 2);
    assert_int_equal(page_allocator_alloc(&a, &stack, TIB + 1, 1, PAGE_NO_LIMIT), 2 * TIB);
    assert_int_equal(page_allocator_alloc(&a, &stack, TIB, TIB, PAGE_NO_LIMIT), TIB);
    assert_int_equal(page_allocator_alloc(&a, &stack, 1, 1, PAGE_NO_LIMIT), (UINT64_C(1) << 34) - 1);
    assert_int_equal(page_allocator_alloc(&a, &stack, TIB, 1, PAGE_NO_LIMIT), 0);
    assert_int_equal(page_allocator_alloc(&a, &stack, TIB / 2, 1, PAGE_NO_LIMIT), 3 * TIB + TIB / 2);
}

/* Page 0, and tables and descriptors as far as there is something to describe. */
static void test_pool_is_as_large_as_needed(void **state)
{
    static const uint64_t scattered[][2] = {{0x1, 0x9f}, {0x100, 0x2001}, {0x2002, 0x3fff}, {TIB, TIB + 1}};

    (void)state;
    begin(scattered, 4);
    assert_int_equal(a.num_pool_pages, 1 + 2 + 1 + 1 + 1);
    while (alloc(1, 1, PAGE_NO_LIMIT) != 0 && num_runs < MAX_RUNS)
        ;
    assert_int_not_equal(page_allocator_alloc(&a, &stack, 1, 1, 0x100), 0);
    assert_int_equal(a.num_pool_used, a.num_pool_pages);
}

static void test_ask_for_nothing_or_too_much(void **state)
{
    (void)state;
    begin(machine, 7);
    assert_int_equal(page_allocator_alloc(&a, &stack, 0, 1, PAGE_NO_LIMIT), 0);
    assert_int_equal(page_allocator_alloc(&a, &stack, UINT64_MAX, 1, PAGE_NO_LIMIT), 0);
    assert_int_equal(page_allocator_alloc(&a, &stack, 1, UINT64_C(1) << 63, PAGE_NO_LIMIT), 0);
    assert_int_equal(page_allocator_alloc(&a, &stack, 1, 1, 1), 0);
    page_allocator_begin(&a, NULL, 0);
    assert_int_equal(page_allocator_alloc(&a, &stack, 1, 1, PAGE_NO_LIMIT), 0);
    EXPECT_PANIC(page_allocator_free(&a, &stack, 1, 1), "pages_free(0x1000, 1): never handed out");
}

static void test_double_free(void **state)
{
    (void)state;
    begin(machine, 7);
    for (uint64_t n = 1; n <= 600; n = 2 * n + 1) {
        for (uint32_t drained = 0; drained < 2; drained++) {
            char text[64];
            uint64_t first = page_allocator_alloc(&a, &stack, n, 1, PAGE_NO_LIMIT);

            page_allocator_free(&a, &stack, first, n);
            if (drained)
                page_allocator_alloc(&a, &stack, TIB, 1, PAGE_NO_LIMIT);
            snprintf(text, sizeof text, "pages_free(0x%llx, %llu): free already",
                     (unsigned long long)first << 12, (unsigned long long)n);
            EXPECT_PANIC(page_allocator_free(&a, &stack, first, n), text);
        }
    }
}

/* What one CPU keeps is free for all, but only that one can hand it out. */
static void test_stacks_of_two_cpus(void **state)
{
    static const uint64_t given[][2] = {{0x400, 0x404}};

    (void)state;
    begin(given, 1);
    uint64_t page = page_allocator_alloc(&a, &stack, 1, 1, PAGE_NO_LIMIT);
    assert_int_equal(stack.num, 3);
    assert_int_equal(page_allocator_num_free(&a), 3);
    assert_int_equal(page_allocator_alloc(&a, &other_stack, 1, 1, PAGE_NO_LIMIT), 0);
    assert_false(page_stack_push(&a, &other_stack, 0x404));
    assert_true(page_stack_push(&a, &other_stack, page));
    assert_int_equal(page_allocator_num_free(&a), 4);
    assert_false(page_stack_push(&a, &stack, page));
    EXPECT_PANIC(page_allocator_free(&a, &stack, page, 1), ": free already");
    assert_int_equal(page_allocator_alloc(&a, &stack, 4, 1, PAGE_NO_LIMIT), 0);
    assert_int_equal(page_allocator_alloc(&a, &other_stack, 4, 1, PAGE_NO_LIMIT), 0x400);
    assert_int_equal(page_allocator_num_free(&a), 0);
}

static void test_foreign_free(void **state)
{
    static const uint64_t foreign[] = {0, 0x9f, 0x133, 0x1000, 0xfff09, 0x5000, TIB - 1, TIB, 2 * TIB};

    (void)state;
    begin(machine, 7);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        EXPECT_PANIC(page_allocator_free(&a, &stack, foreign[i], 1), ", 1): never handed out");
    EXPECT_PANIC(page_allocator_free(&a, &stack, 0x5000, 64), "pages_free(0x5000000, 64): never handed out");
    EXPECT_PANIC(page_allocator_free(&a, &stack, UINT64_C(1) << 34, 1), "): never handed out");
    EXPECT_PANIC(page_allocator_free(&a, &stack, UINT64_MAX, UINT64_MAX), "): never handed out");
}

static void expect_refused(uint64_t first, uint64_t n, const char *why)
{
    struct page_stack stack_copy = stack;
    struct page_allocator copy = a; /* a free that panics half-way leaves half of it done */
    size_t size = a.num_pool_pages * (size_t)POOL_PAGE_BYTES;
    void *pool_copy = malloc(size);

    memcpy(pool_copy, pool, size);
    EXPECT_PANIC(page_allocator_free(&a, &stack, first, n), why);
    memcpy(pool, pool_copy, size);
    free(pool_copy);
    a = copy;
    stack = stack_copy;
}

static void test_free_of_another_run(void **state)
{
    (void)state;
    begin(machine, 7);
    for (uint64_t n = 2; n <= 700; n = n * 3 / 2 + 1) {
        uint64_t first = page_allocator_alloc(&a, &stack, n, 1, PAGE_NO_LIMIT);
        uint64_t next = page_allocator_alloc(&a, &stack, n, 1, PAGE_NO_LIMIT);

        expect_refused(first, n - 1, ": a run of another length");
        expect_refused(first, n + 1, ": a run of another length");
        expect_refused(first, 0, ": a run of another length");
        expect_refused(first, UINT64_MAX, ": a run of another length");
        expect_refused(first + 1, n - 1, ": inside a run");
        expect_refused(first + 1, n, ": inside a run");
        expect_refused(first + n - 1, 1, ": inside a run");
        if (n > GROUP_PAGES)
            expect_refused(first + GROUP_PAGES, n - GROUP_PAGES, ": inside a run");
        page_allocator_free(&a, &stack, next, n);
        page_allocator_free(&a, &stack, first, n);
    }
}

static struct page_group *head_of(uint32_t zone, uint32_t list)
{
    uint32_t i = a.zones[zone].lists[list];

    assert_int_not_equal(i, 0);
    return &a.pool[i / POOL_PAGE_GROUPS].groups[i % POOL_PAGE_GROUPS];
}

static void expect_damage_found(bool next, uint32_t wrong)
{
    begin(machine, 7);
    struct page_group *g = head_of(2, 9); /* 0x200 pages above 1 TiB */
    *(next ? &g->next : &g->prev) = wrong;
    EXPECT_PANIC(page_allocator_alloc(&a, &stack, 512, 512, PAGE_NO_LIMIT),
                 "page allocator: the list entry for 0x10000200000 is damaged");
}

static void test_damaged_links(void **state)
{
    static const uint32_t wrong[] = {1, 0x80, 0x7fffffff, UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        expect_damage_found(false, wrong[i]);
        expect_damage_found(true, wrong[i]);
    }
}

/* What is added later joins what is there, also in the middle of a group. */
static void test_add_later(void **state)
{
    static const uint64_t given[][2] = {{0x1000, 0x1010}, {0x1010, 0x1031}, {0x1031, 0x1080}};

    (void)state;
    begin(given, 3);
    assert_int_equal(a.zones[1].nonempty, UINT64_C(1) << 7);
    assert_int_equal(page_allocator_alloc(&a, &stack, 128, 128, PAGE_NO_LIMIT), 0x1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_random_play, teardown),
        cmocka_unit_test_teardown(test_thousands_of_ranges, teardown),
        cmocka_unit_test_teardown(test_exhaustion, teardown),
        cmocka_unit_test_teardown(test_fragmentation, teardown),
        cmocka_unit_test_teardown(test_high_memory_first, teardown),
        cmocka_unit_test_teardown(test_large, teardown),
        cmocka_unit_test_teardown(test_pool_is_as_large_as_needed, teardown),
        cmocka_unit_test_teardown(test_ask_for_nothing_or_too_much, teardown),
        cmocka_unit_test_teardown(test_double_free, teardown),
        cmocka_unit_test_teardown(test_stacks_of_two_cpus, teardown),
        cmocka_unit_test_teardown(test_foreign_free, teardown),
        cmocka_unit_test_teardown(test_free_of_another_run, teardown),
        cmocka_unit_test_teardown(test_damaged_links, teardown),
        cmocka_unit_test_teardown(test_add_later, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
