/* units: kernel/memory/free_ranges.c */
/*
 * What of a map may be handed out, against a look at each single page.
 */
#include "tests/host/host_test.h"

#include "kernel/memory/free_ranges.h"

#define NUM_PAGES 256
#define PAGE      4096u

static struct memory_map map;
static bool found[NUM_PAGES];

static void add(uint64_t base, uint64_t end, enum memory_type type)
{
    map.regions[map.num_regions++] = (struct memory_region){base, end, type};
}

static bool touches(const struct page_range *r, uint64_t page)
{
    return r->first <= page && page < r->end;
}

static bool is_free(const struct free_ranges *r, uint64_t page)
{
    for (uint32_t i = 0; i < r->num_holes; i++) {
        if (touches(&r->holes[i], page))
            return false;
    }
    for (uint32_t i = 0; i < map.num_regions; i++) {
        const struct memory_region *region = &map.regions[i];

        if (r->types >> region->type & 1 && region->base <= page * PAGE && (page + 1) * PAGE <= region->end)
            return true;
    }
    return false;
}

/* Ranges ascend and hold all pages that are free and no others. */
static void expect_all_found(struct free_ranges r)
{
    struct free_ranges given = r;
    struct page_range range;
    uint64_t end = 0;

    memset(found, 0, sizeof found);
    while (free_ranges_next(&r, &range)) {
        assert_true(end <= range.first && range.first < range.end && range.end <= NUM_PAGES);
        end = range.end;
        memset(found + range.first, 1, range.end - range.first);
    }
    for (uint64_t page = 0; page < NUM_PAGES; page++)
        assert_int_equal(found[page], is_free(&given, page));
    assert_false(free_ranges_next(&r, &range));
}

static void test_any_map_and_holes(void **state)
{
    uint64_t seed = 11;

    (void)state;
    for (uint32_t round = 0; round < 5000; round++) {
        struct free_ranges r = {.map = &map, .types = (uint32_t)random_u64(&seed)};
        uint64_t at = 0;

        map.num_regions = 0;
        while (at < (NUM_PAGES - 40) * PAGE) {
            uint64_t base = at + random_u64(&seed) % (3 * PAGE) / 512 * 512;

            at = base + 512 + random_u64(&seed) % (32 * PAGE) / 512 * 512;
            add(base, at, 1 + (enum memory_type)(random_u64(&seed) % 3));
        }
        for (uint32_t i = 0; i < round % (FREE_RANGES_MAX_HOLES + 1); i++) {
            uint64_t base = random_u64(&seed) % (NUM_PAGES * PAGE);

            free_ranges_add_hole(&r, base, base + random_u64(&seed) % (8 * PAGE));
        }
        expect_all_found(r);
    }
}

static void test_holes(void **state)
{
    struct free_ranges r = {.map = &map, .types = 1u << MEMORY_USABLE};

    (void)state;
    free_ranges_add_hole(&r, 5, 5);
    free_ranges_add_hole(&r, 6, 5);
    assert_int_equal(r.num_holes, 0);
    free_ranges_add_hole(&r, PAGE - 1, PAGE + 1);
    assert_int_equal(r.holes[0].first, 0);
    assert_int_equal(r.holes[0].end, 2);
    free_ranges_add_hole(&r, PAGE, UINT64_MAX);
    assert_int_equal(r.holes[1].first, 1);
    assert_int_equal(r.holes[1].end, UINT64_MAX / PAGE + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_map_and_holes),
        cmocka_unit_test(test_holes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
