/* units: kernel/lib/unpack.c */
/*
 * What pack.py writes, and what it never would.
 */
#include "tests/host/host_test.h"

#include "kernel/lib/unpack.h"

#define UNPACK(out, room, ...)                                                                               \
    unpack(span_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})), out, room)

static void test_units(void **state)
{
    static const uint8_t expected[] = {1, 2, 3, 4, 5, 6, 5, 6, 5, 6, 7, 8};
    uint8_t out[sizeof expected];

    (void)state;
    assert_int_equal(UNPACK(out, sizeof out, 1, 1, 2, 3, 4, 129, 5, 6, 0, 7, 8), sizeof expected);
    assert_memory_equal(out, expected, sizeof expected);
    assert_int_equal(unpack(span_of(out, 0), out, sizeof out), 0);
}

static void test_longest(void **state)
{
    static uint8_t packed[1 + 256], out[258];

    (void)state;
    packed[0] = 127;
    assert_int_equal(unpack(span_of(packed, 257), out, 256), 256);
    assert_int_equal(unpack(span_of(packed, 257), out, 255), 0);
    assert_int_equal(UNPACK(out, 258, 255, 9, 10), 258);
    assert_int_equal(out[256], 9);
    assert_int_equal(out[257], 10);
}

/* No byte beyond either end: the sanitizers watch. */
static void test_cut_short(void **state)
{
    uint8_t out[6];

    (void)state;
    assert_int_equal(UNPACK(out, sizeof out, 0), 0);
    assert_int_equal(UNPACK(out, sizeof out, 0, 1), 0);
    assert_int_equal(UNPACK(out, sizeof out, 1, 1, 2, 3), 0);
    assert_int_equal(UNPACK(out, sizeof out, 128), 0);
    assert_int_equal(UNPACK(out, sizeof out, 128, 1), 0);
    assert_int_equal(UNPACK(out, sizeof out, 0, 1, 2, 200), 0);
}

static void test_no_room(void **state)
{
    uint8_t out[6];

    (void)state;
    assert_int_equal(UNPACK(out, 6, 129, 1, 2), 6);
    assert_int_equal(UNPACK(out, 5, 129, 1, 2), 0);
    assert_int_equal(UNPACK(out, 4, 0, 1, 2, 1, 3, 4, 5, 6), 0);
    assert_int_equal(UNPACK(out, 0, 0, 1, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
