/* units: kernel/memory/paging.c kernel/memory/paging_change.c kernel/lib/string.c */
#include "tests/host/host_test.h"

#include "kernel/memory/page_table.h"
#include "kernel/memory/paging_change.h"
#include "kernel/memory/tlb.h"

/*
 * Physical memory for tables is an array; a window leads to it. The part of the address space that is looked
 * at has 3 GiB and lies across a boundary of every level's entries:
 *
 *      first            a multiple of 512 GiB (4 levels) or 256 TiB (5)
 *      |------ 1 GiB ------|------ 1 GiB ------|------ 1 GiB ------|
 */
#define NUM_FRAMES 4096u
#define NUM_PAGES  (3u << 18)
#define MIB_2      (UINT64_C(2) << 20)
#define GIB        (UINT64_C(1) << 30)
#define RIGHTS     (PAGE_WRITE | PAGE_USER | PAGE_EXECUTE)

static uint8_t frames[NUM_FRAMES][4096] __attribute__((aligned(4096)));
static struct page_tables tables;
static uint64_t first;

/* What each page leads to: physical address | rights and memory type, or 0; as it should be, and as it is. */
static uint64_t model[NUM_PAGES], seen[NUM_PAGES], before[NUM_PAGES];

static uint64_t flushed_from, flushed_bytes;

void tlb_flush(uint64_t vaddr, uint64_t bytes)
{
    flushed_from = vaddr;
    flushed_bytes = bytes;
}

/* Frame 0 is not used: its address means "none". */
static void begin(uint32_t num_levels, bool has_1gib_pages, uint32_t num_tables)
{
    memset(&tables, 0, sizeof tables);
    memset(frames[1], 0, sizeof frames[1]);
    tables.root_paddr = 4096;
    tables.next_paddr = 2 * 4096;
    tables.limit_paddr = (2 + num_tables) * UINT64_C(4096);
    tables.window = (uint64_t)(uintptr_t)frames;
    tables.num_levels = num_levels;
    tables.has_nx = true;
    tables.has_1gib_pages = has_1gib_pages;
    first = (UINT64_C(1) << (num_levels == 5 ? 48 : 39)) - GIB;
    memset(model, 0, sizeof model);
}

/* An independent reading of the tables, all the way down to pages of 4 KiB. */
static void see(uint64_t table, uint32_t level, uint64_t vaddr, uint64_t all, uint64_t any)
{
    const uint64_t *entries = (const uint64_t *)(const void *)frames[table / 4096];

    for (uint64_t i = 0; i < 512; i++) {
        uint64_t entry = entries[i], here = vaddr + (i << (12 + 9 * (level - 1)));
        uint64_t rights = all & entry, no = any | entry;

        if ((entry & 1) == 0) {
            assert_int_equal(entry, 0);
        } else if (level > 1 && (entry & 0x80) == 0) {
            see(entry & 0x000ffffffffff000, level - 1, here, rights, no);
        } else {
            uint64_t bytes = UINT64_C(1) << (12 + 9 * (level - 1)), paddr = entry & 0x000ffffffffff000;

            assert_true(level <= (tables.has_1gib_pages ? 3u : 2u));
            assert_int_equal(paddr % bytes, 0);
            assert_int_equal(entry & (level == 1 ? 0x80 : 0x1000), 0); /* PAT */
            for (uint64_t at = 0; at < bytes; at += 4096) {
                assert_in_range(here + at, first, first + NUM_PAGES * UINT64_C(4096) - 1);
                seen[(here + at - first) / 4096] =
                    (paddr + at) | (rights & 6) | (entry & 0x18) | (no >> 63 == 0 ? PAGE_EXECUTE : 0) | 1;
            }
        }
    }
}

static void see_all(void)
{
    memset(seen, 0, sizeof seen);
    see(tables.root_paddr, tables.num_levels, 0, 6, 0);
}

static void assert_as_modelled(void)
{
    see_all();
    if (memcmp(seen, model, sizeof model) == 0)
        return;
    for (uint32_t i = 0; i < NUM_PAGES; i++)
        assert_int_equal(seen[i], model[i]);
}

static bool map(uint64_t page, uint64_t paddr, uint64_t num, uint64_t rights)
{
    for (uint64_t i = page; i < page + num; i++) {
        if (model[i] == 0)
            model[i] = (paddr + (i - page) * 4096) | rights | 1;
    }
    return paging_map(&tables, first + page * 4096, paddr, num * 4096, rights);
}

/* Whatever was translated otherwise has been flushed. */
static void assert_flushed(void)
{
    see_all();
    for (uint32_t i = 0; i < NUM_PAGES; i++) {
        if (before[i] != seen[i] && before[i] != 0)
            assert_true(first + i * UINT64_C(4096) - flushed_from < flushed_bytes);
    }
}

static bool unmap(uint64_t page, uint64_t num)
{
    memcpy(before, model, sizeof before);
    memset(model + page, 0, num * sizeof *model);
    bool done = paging_unmap(&tables, first + page * 4096, num * 4096);
    assert_flushed();
    return done;
}

static bool protect(uint64_t page, uint64_t num, uint64_t rights)
{
    memcpy(before, model, sizeof before);
    for (uint64_t i = page; i < page + num; i++) {
        if (model[i] != 0)
            model[i] = (model[i] & ~RIGHTS) | rights;
    }
    bool done = paging_protect(&tables, first + page * 4096, num * 4096, rights);
    assert_flushed();
    return done;
}

static uint32_t count_tables(uint64_t table, uint32_t level)
{
    const uint64_t *entries = (const uint64_t *)(const void *)frames[table / 4096];
    uint32_t n = 1;

    for (uint32_t i = 0; level > 1 && i < 512; i++) {
        if ((entries[i] & 0x81) == 1)
            n += count_tables(entries[i] & 0x000ffffffffff000, level - 1);
    }
    return n;
}

/* None is lost, and none but the root is empty. */
static void assert_tables_balance(uint32_t num_tables)
{
    assert_int_equal(count_tables(tables.root_paddr, tables.num_levels) - 1 + tables.num_spare, num_tables);
}

/* A range that often begins or ends where large pages do. */
static void random_range(uint64_t *random, uint64_t *page, uint64_t *num)
{
    static const uint64_t units[] = {1, 1, 512, 512, 1 << 18};
    uint64_t unit = units[random_u64(random) % 5], most = unit == 1     ? 2000
                                                          : unit == 512 ? 600 * 512
                                                                        : NUM_PAGES;

    *page = random_u64(random) % NUM_PAGES / unit * unit;
    *num = (random_u64(random) % most / unit + 1) * unit;
    if (random_u64(random) % 4 == 0)
        *num += random_u64(random) % 512;
    if (*num > NUM_PAGES - *page)
        *num = NUM_PAGES - *page;
}

static uint64_t random_rights(uint64_t *random)
{
    static const uint64_t rights[] = {0, PAGE_WRITE, PAGE_EXECUTE, PAGE_USER, PAGE_USER | PAGE_WRITE};

    return rights[random_u64(random) % 5];
}

static void change_at_random(uint64_t *random)
{
    static const uint64_t types[] = {0, PAGE_WRITE_COMBINING, PAGE_UNCACHED};
    uint64_t page, num, rights = random_rights(random), how = random_u64(random) % 8;

    random_range(random, &page, &num);
    if (how < 3) {
        uint64_t off = random_u64(random) % 2 == 0 ? 0 : random_u64(random) % 600 * 4096;
        uint64_t paddr = (UINT64_C(1) << 40) + page * 4096 + off + (GIB - first % GIB) % GIB;
        assert_true(map(page, paddr, num, rights | types[random_u64(random) % 3]));
    } else if (how < 5) {
        assert_true(unmap(page, num));
    } else {
        assert_true(protect(page, num, rights));
    }
}

static void assert_found(uint64_t page_number)
{
    struct page page;
    uint64_t vaddr = first + page_number * 4096, expected = model[page_number];

    assert_int_equal(paging_find(&tables, vaddr, &page), expected != 0);
    assert_true(vaddr - page.vaddr < page.bytes && page.vaddr % page.bytes == 0);
    if (expected != 0)
        assert_int_equal((page.paddr + (vaddr - page.vaddr)) | page.rights | 1, expected);
    assert_int_equal(paging_is_mapped(&tables, vaddr), expected != 0);
}

static void at_random(uint32_t num_levels, bool has_1gib_pages)
{
    uint64_t random = UINT64_C(88172645463325252) + num_levels + has_1gib_pages;
    uint32_t num_tables = NUM_FRAMES - 2;

    begin(num_levels, has_1gib_pages, num_tables);
    paging_keep(&tables, 0);
    for (int i = 0; i < 40; i++) {
        change_at_random(&random);
        assert_as_modelled();
        assert_tables_balance(num_tables);
        for (int j = 0; j < 200; j++)
            assert_found(random_u64(&random) % NUM_PAGES);
    }
    assert_true(unmap(0, NUM_PAGES));
    assert_as_modelled();
    assert_int_equal(tables.num_spare, num_tables);
}

static void test_random_4_levels(void **state)
{
    (void)state;
    at_random(4, false);
}

static void test_random_4_levels_1gib(void **state)
{
    (void)state;
    at_random(4, true);
}

static void test_random_5_levels(void **state)
{
    (void)state;
    at_random(5, false);
}

static void test_random_5_levels_1gib(void **state)
{
    (void)state;
    at_random(5, true);
}

/* 1 GiB -> 511 pages of 2 MiB and 512 of 4 KiB, and no more tables than that takes. */
static void test_split_takes_two_tables(void **state)
{
    (void)state;
    begin(4, true, 8);
    assert_true(map(1 << 18, UINT64_C(1) << 40, 1 << 18, PAGE_WRITE));
    assert_int_equal(tables.next_paddr, 3 * 4096);
    assert_true(protect((1 << 18) + 5, 1, 0));
    assert_as_modelled();
    assert_int_equal(tables.next_paddr, 5 * 4096);
}

/* A change that finds no table to split with changes nothing. */
static void test_no_room_to_split(void **state)
{
    (void)state;
    begin(4, true, 2);
    assert_true(map(1 << 18, UINT64_C(1) << 40, 1 << 18, PAGE_WRITE));
    assert_false(paging_unmap(&tables, first + GIB + 4096, 4096));
    assert_false(paging_protect(&tables, first + GIB + 4096, 4096, 0));
    assert_as_modelled();
    assert_false(paging_protect(&tables, first + GIB, GIB, PAGE_WRITE | PAGE_EXECUTE));
    assert_as_modelled();
}

/* What could be mapped stays mapped, and the rest is once there is another table; each one is of use. */
static void test_map_goes_on_with_more_room(void **state)
{
    uint32_t tries = 0;

    (void)state;
    begin(4, false, 3);
    while (!map(0, UINT64_C(1) << 40 | 4096, NUM_PAGES, PAGE_WRITE)) {
        assert_int_equal(tables.num_spare, 0);
        paging_add_table(&tables, (5 + tries++) * UINT64_C(4096));
    }
    assert_as_modelled();
    assert_int_equal(count_tables(tables.root_paddr, 4) - 1, 3 + tries);
    assert_int_equal(3 + tries, 2 + 3 + 3 * 512);
}

/* The last ones are kept until they may be used. */
static void test_spare_tables_are_kept(void **state)
{
    (void)state;
    begin(4, false, 4);
    paging_keep(&tables, 2);
    assert_int_equal(tables.num_spare, 4);
    assert_false(map(0, 4096, 1, 0));
    assert_int_equal(tables.num_spare, 2);
    paging_keep(&tables, 0);
    assert_true(map(0, 4096, 1, 0));
    assert_as_modelled();
}

/* Only what was added goes away again, and only what is too much. */
static void test_take_back(void **state)
{
    (void)state;
    begin(4, false, 4);
    paging_keep(&tables, 0);
    for (uint64_t frame = 10; frame < 14; frame++)
        paging_add_table(&tables, frame * 4096);
    assert_int_equal(tables.num_spare, 8);
    assert_true(map(0, 4096, 1, 0)); /* takes 13, 12, 11 */
    assert_int_equal(paging_take_back(&tables, 5), 0);
    assert_int_equal(paging_take_back(&tables, 4), 10 * 4096);
    assert_int_equal(paging_take_back(&tables, 0), 0);
    assert_int_equal(tables.num_spare, 4);
    assert_true(unmap(0, 1));
    assert_int_equal(tables.num_spare, 7);
    for (int i = 0; i < 3; i++)
        assert_in_range(paging_take_back(&tables, 4), 11 * 4096, 13 * 4096);
    assert_int_equal(paging_take_back(&tables, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_4_levels),
        cmocka_unit_test(test_random_4_levels_1gib),
        cmocka_unit_test(test_random_5_levels),
        cmocka_unit_test(test_random_5_levels_1gib),
        cmocka_unit_test(test_split_takes_two_tables),
        cmocka_unit_test(test_no_room_to_split),
        cmocka_unit_test(test_map_goes_on_with_more_room),
        cmocka_unit_test(test_spare_tables_are_kept),
        cmocka_unit_test(test_take_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
