/* units: kernel/memory/memory_map.c */
/*
 * The memory map against a model: a small address space in which every byte has a colour.
 */
#include "tests/host/host_test.h"

#include "kernel/memory/memory_map.h"

#define MODEL_BYTES 256

static struct memory_map map;
static struct memory_map_work work;

static int setup(void **state)
{
    (void)state;
    /* Neither needs to have been initialised. */
    memset(&map, 0xa5, sizeof map);
    memset(&work, 0xa5, sizeof work);
    memory_map_begin(&map, &work);
    return 0;
}

static void add(uint64_t base, uint64_t size, uint32_t type)
{
    memory_map_add(&map, &work, base, size, type);
}

static void normalise(void)
{
    memory_map_normalise(&map, &work);
}

static void expect_region(uint32_t i, uint64_t base, uint64_t end, uint32_t type)
{
    assert_true(i < map.num_regions);
    assert_int_equal(map.regions[i].base, base);
    assert_int_equal(map.regions[i].end, end);
    assert_int_equal(map.regions[i].type, type);
}

static void expect_sound(void)
{
    for (uint32_t i = 0; i < map.num_regions; i++) {
        assert_true(map.regions[i].base < map.regions[i].end);
        assert_true(map.regions[i].end <= MEMORY_MAP_LIMIT);
        if (i > 0) {
            assert_true(map.regions[i - 1].end <= map.regions[i].base);
            assert_true(map.regions[i - 1].end < map.regions[i].base ||
                        map.regions[i - 1].type != map.regions[i].type);
        }
    }
}

/*  |usable......................|
 *          |reserved|
 *  |usable |reserved|usable     |
 */
static uint32_t type_at(uint64_t paddr)
{
    const struct memory_region *r = memory_map_find(&map, paddr);

    return r == NULL ? 0 : (uint32_t)r->type;
}

static void test_reserved_inside_usable(void **state)
{
    (void)state;
    add(0x1000, 0x9000, MEMORY_USABLE);
    add(0x4000, 0x1000, MEMORY_RESERVED);
    normalise();
    assert_int_equal(map.num_regions, 3);
    expect_region(0, 0x1000, 0x4000, MEMORY_USABLE);
    expect_region(1, 0x4000, 0x5000, MEMORY_RESERVED);
    expect_region(2, 0x5000, 0xa000, MEMORY_USABLE);
    assert_int_equal(map.repairs.num_overlaps, 1);
}

static void test_neighbours_are_joined(void **state)
{
    (void)state;
    add(0x3000, 0x1000, MEMORY_USABLE);
    add(0x1000, 0x1000, MEMORY_USABLE);
    add(0x2000, 0x1000, MEMORY_USABLE);
    normalise();
    assert_int_equal(map.num_regions, 1);
    expect_region(0, 0x1000, 0x4000, MEMORY_USABLE);
    assert_int_equal(map.repairs.num_joined, 2);
    assert_int_equal(map.repairs.num_unsorted, 1);
    assert_int_equal(map.repairs.num_overlaps, 0);
}

static void test_empty_map(void **state)
{
    (void)state;
    normalise();
    assert_int_equal(map.num_regions, 0);
    assert_int_equal(map.num_entries, 0);
    assert_int_equal(type_at(0), 0);
}

static void test_empty_and_wrapping_entries(void **state)
{
    (void)state;
    add(0x1000, 0, MEMORY_USABLE);
    add(UINT64_MAX - 0xfff, 0x2000, MEMORY_RESERVED);      /* wraps at 2^64 */
    add(MEMORY_MAP_LIMIT - 0x1000, 0x5000, MEMORY_USABLE); /* beyond 52 bits */
    add(0, UINT64_MAX, MEMORY_MMIO);
    normalise();
    expect_sound();
    assert_int_equal(map.repairs.num_empty, 1);
    assert_int_equal(map.repairs.num_wrapped, 3);
    assert_int_equal(map.num_regions, 1);
    expect_region(0, 0, MEMORY_MAP_LIMIT, MEMORY_MMIO);
}

static void test_unknown_type_is_reserved(void **state)
{
    (void)state;
    add(0x1000, 0x1000, 0);
    add(0x2000, 0x1000, 4711);
    normalise();
    assert_int_equal(map.repairs.num_unknown, 2);
    expect_region(0, 0x1000, 0x3000, MEMORY_RESERVED);
}

static void test_more_entries_than_fit(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < MEMORY_MAP_MAX_ENTRIES + 10; i++)
        add(i * 0x2000, 0x1000, MEMORY_USABLE);
    normalise();
    assert_int_equal(map.num_entries, MEMORY_MAP_MAX_ENTRIES + 10);
    assert_int_equal(map.num_regions, MEMORY_MAP_MAX_ENTRIES);
    assert_int_equal(map.repairs.num_dropped, 10);
    expect_sound();
}

/* However many the firmware gave: where the image lies must never look free. */
static void test_room_for_our_own(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < MEMORY_MAP_MAX_ENTRIES + 10; i++)
        add(i * 0x2000, 0x1000, MEMORY_USABLE);
    for (uint64_t i = 0; i < MEMORY_MAP_MAX_CLAIMS; i++)
        add(0x4000 * i, 0x800, MEMORY_KERNEL);
    normalise();
    assert_int_equal(map.repairs.num_dropped, 10);
    for (uint64_t i = 0; i < MEMORY_MAP_MAX_CLAIMS; i++)
        assert_int_equal(type_at(0x4000 * i), MEMORY_KERNEL);
    expect_sound();
}

/* The most regions that entries can make: long ones that all overlap, in rising strictness. */
static void test_most_regions(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < MEMORY_MAP_MAX_ENTRIES; i++)
        add(i * 2, 2 * MEMORY_MAP_MAX_ENTRIES * 2 - i * 4 + 1, (uint32_t)(1 + i % (MEMORY_NUM_TYPES - 1)));
    normalise();
    assert_true(map.num_regions <= 2 * MEMORY_MAP_MAX_ENTRIES);
    expect_sound();
}

static void test_kernel_wins_over_usable_and_is_no_overlap(void **state)
{
    (void)state;
    add(0x1000, 0x9000, MEMORY_USABLE);
    add(0x4000, 0x1000, MEMORY_KERNEL);
    normalise();
    assert_int_equal(map.num_entries, 1);
    assert_int_equal(map.repairs.num_overlaps, 0);
    expect_region(1, 0x4000, 0x5000, MEMORY_KERNEL);
}

static void test_claim(void **state)
{
    (void)state;
    add(0x1000, 0x9000, MEMORY_USABLE);
    add(0xa000, 0x1000, MEMORY_KERNEL);
    add(0xb000, 0x1000, MEMORY_RESERVED);
    normalise();
    assert_false(memory_map_claim(&map, 0x0, 0x2000, MEMORY_KERNEL));
    assert_false(memory_map_claim(&map, 0x9000, 0x2000, MEMORY_KERNEL));
    assert_false(memory_map_claim(&map, 0xb000, 0x1000, MEMORY_KERNEL));
    assert_false(memory_map_claim(&map, 0x2000, 0, MEMORY_KERNEL));
    assert_false(memory_map_claim(&map, 0x2000, UINT64_MAX, MEMORY_KERNEL));
    assert_int_equal(map.num_regions, 3);

    assert_true(memory_map_claim(&map, 0x4000, 0x1000, MEMORY_KERNEL)); /* in the middle */
    assert_int_equal(map.num_regions, 5);
    assert_true(memory_map_claim(&map, 0x9000, 0x1000, MEMORY_KERNEL)); /* touches one of its type */
    assert_int_equal(map.num_regions, 5);
    expect_region(3, 0x9000, 0xb000, MEMORY_KERNEL);
    assert_true(memory_map_claim(&map, 0x1000, 0x3000, MEMORY_KERNEL)); /* the whole region */
    assert_int_equal(map.num_regions, 4);
    expect_region(0, 0x1000, 0x5000, MEMORY_KERNEL);
    expect_region(1, 0x5000, 0x9000, MEMORY_USABLE);
    expect_sound();
}

static void test_largest(void **state)
{
    (void)state;
    add(0x1000, 0x9000, MEMORY_USABLE);
    add(0x100000, 0x8000, MEMORY_USABLE);
    add(0x200000, 0x100000, MEMORY_RESERVED);
    normalise();
    assert_int_equal(memory_map_largest(&map, 0, UINT64_MAX).base, 0x1000);
    assert_int_equal(memory_map_largest(&map, 0x100000, UINT64_MAX).base, 0x100000);
    assert_int_equal(memory_map_largest(&map, 0x3000, 0x5000).base, 0x3000);
    assert_int_equal(memory_map_largest(&map, 0x3000, 0x5000).end, 0x5000);
    assert_int_equal(memory_map_largest(&map, 0x200000, UINT64_MAX).end, 0);
}

static void test_totals_and_names(void **state)
{
    (void)state;
    add(0x1000, 0x1000, MEMORY_USABLE);
    add(0x3000, 0x2000, MEMORY_USABLE);
    normalise();
    assert_int_equal(memory_map_total(&map, MEMORY_USABLE), 0x3000);
    assert_int_equal(memory_map_total(&map, MEMORY_RESERVED), 0);
    for (uint32_t type = 1; type < MEMORY_NUM_TYPES; type++)
        assert_string_not_equal(memory_type_name(type), "unknown");
    assert_string_equal(memory_type_name(0), "unknown");
    assert_string_equal(memory_type_name(MEMORY_NUM_TYPES), "unknown");
}

/* Random entries, byte for byte against the model: the strictest type that covers a byte is its type. */
static void test_against_model(void **state)
{
    uint64_t seed = 20260101;

    for (int round = 0; round < 3000; round++) {
        uint8_t model[MODEL_BYTES] = {0};
        uint32_t count = (uint32_t)(random_u64(&seed) % 24);

        setup(state);
        for (uint32_t i = 0; i < count; i++) {
            uint64_t base = random_u64(&seed) % MODEL_BYTES;
            uint64_t size = random_u64(&seed) % (MODEL_BYTES - base + 1);
            uint8_t type = (uint8_t)(1 + random_u64(&seed) % (MEMORY_NUM_TYPES - 1));

            add(base, size, type);
            for (uint64_t at = base; at < base + size; at++)
                model[at] = model[at] > type ? model[at] : type;
        }
        normalise();
        expect_sound();
        for (uint64_t at = 0; at < MODEL_BYTES; at++)
            assert_int_equal(type_at(at), model[at]);
    }
}

/* Claims against the same model. */
static void test_claims_against_model(void **state)
{
    uint64_t seed = 42;

    for (int round = 0; round < 2000; round++) {
        setup(state);
        add(0, 100, MEMORY_USABLE);
        add(100, 20, MEMORY_RESERVED);
        add(120, MODEL_BYTES - 120, MEMORY_USABLE);
        normalise();
        uint8_t model[MODEL_BYTES];
        for (uint64_t at = 0; at < MODEL_BYTES; at++)
            model[at] = (uint8_t)type_at(at);

        for (int claim = 0; claim < MEMORY_MAP_MAX_CLAIMS; claim++) {
            uint64_t base = random_u64(&seed) % MODEL_BYTES, size = 1 + random_u64(&seed) % 40;
            bool possible = base + size <= MODEL_BYTES;
            for (uint64_t at = base; possible && at < base + size; at++)
                possible = model[at] == MEMORY_USABLE;

            assert_int_equal(memory_map_claim(&map, base, size, MEMORY_KERNEL), possible);
            if (possible)
                memset(model + base, MEMORY_KERNEL, size);
            expect_sound();
            for (uint64_t at = 0; at < MODEL_BYTES; at++)
                assert_int_equal(type_at(at), model[at]);
        }
    }
}

/* Every byte of one type becomes of the other, no other changes, and neighbours that agree now are joined. */
static void test_retype_against_model(void **state)
{
    uint64_t seed = 7;

    for (int round = 0; round < 2000; round++) {
        enum memory_type from = (enum memory_type)(1 + random_u64(&seed) % (MEMORY_NUM_TYPES - 1));
        enum memory_type to = (enum memory_type)(1 + random_u64(&seed) % (MEMORY_NUM_TYPES - 1));
        uint8_t model[MODEL_BYTES];

        setup(state);
        for (int i = 0; i < 20; i++)
            add(random_u64(&seed) % MODEL_BYTES, random_u64(&seed) % 20,
                (uint32_t)(1 + random_u64(&seed) % (MEMORY_NUM_TYPES - 1)));
        normalise();
        for (uint64_t at = 0; at < MODEL_BYTES; at++)
            model[at] = (uint8_t)type_at(at);
        memory_map_retype(&map, from, to);
        expect_sound();
        for (uint64_t at = 0; at < MODEL_BYTES; at++)
            assert_int_equal(type_at(at), model[at] == from ? to : model[at]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_reserved_inside_usable, setup),
        cmocka_unit_test_setup(test_neighbours_are_joined, setup),
        cmocka_unit_test_setup(test_empty_map, setup),
        cmocka_unit_test_setup(test_room_for_our_own, setup),
        cmocka_unit_test_setup(test_empty_and_wrapping_entries, setup),
        cmocka_unit_test_setup(test_unknown_type_is_reserved, setup),
        cmocka_unit_test_setup(test_more_entries_than_fit, setup),
        cmocka_unit_test_setup(test_most_regions, setup),
        cmocka_unit_test_setup(test_kernel_wins_over_usable_and_is_no_overlap, setup),
        cmocka_unit_test_setup(test_claim, setup),
        cmocka_unit_test_setup(test_largest, setup),
        cmocka_unit_test_setup(test_totals_and_names, setup),
        cmocka_unit_test(test_against_model),
        cmocka_unit_test(test_claims_against_model),
        cmocka_unit_test(test_retype_against_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
