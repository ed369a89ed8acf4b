/* units: kernel/debug/symbols.c kernel/lib/crc32.c */
#include "tests/host/host_test.h"

#include "kernel/lib/crc32.h"
#include "kernel/debug/symbols.h"

static uint8_t table[256 + 19];

/* Three functions: a at 0x1000, bab at 0x1010, ccc at 0x2000; 0x80 stands for "ab", 0x81 for "cc". */
static int setup(void **state)
{
    (void)state;
    memset(table, 0, sizeof table);
    memcpy(table, "abcc", 4);
    memcpy(table + 256,
           "\x80\x20"
           "a\0"
           "\x10"
           "b\x80\0"
           "\xf0\x1f"
           "c\x81\0",
           4 + 4 + 5);
    return 0;
}

static struct span whole(size_t n)
{
    return span_of(table, n);
}

static void expect_symbol(uint32_t rva, const char *name, uint32_t offset)
{
    struct symbol s = symbol_find(whole(256 + 13), rva);

    assert_string_equal(s.name, name);
    assert_int_equal(s.offset, offset);
}

static void test_find(void **state)
{
    (void)state;
    expect_symbol(0xfff, "?", 0);
    expect_symbol(0x1000, "a", 0);
    expect_symbol(0x100f, "a", 15);
    expect_symbol(0x1010, "bab", 0);
    expect_symbol(0x1fff, "bab", 0xfef);
    expect_symbol(0x5000, "ccc", 0x3000);
}

static void test_nested_pairs(void **state)
{
    (void)state;
    memcpy(table + 2,
           "\x80"
           "c",
           2);
    expect_symbol(0x2001, "cabc", 1);
}

/* A table cut anywhere, and any bytes at all: a name that ends, and nothing read outside. */
static void test_tables_that_lie(void **state)
{
    uint64_t seed = 1;

    (void)state;
    assert_string_equal(symbol_find(span_of(NULL, 0), 0x1000).name, "?");
    assert_string_equal(symbol_find(whole(256), 0x1000).name, "?");
    for (size_t n = 0; n <= 256 + 13; n++) {
        uint8_t *cut = malloc(n + 1);

        memcpy(cut, table, n);
        symbol_find(span_of(cut, n), 0x2000);
        free(cut);
    }
    for (uint32_t i = 0; i < 20000; i++) {
        for (size_t at = 0; at < sizeof table; at++)
            table[at] = (uint8_t)(random_u64(&seed) >> 32);
        assert_true(strlen(symbol_find(whole(sizeof table), (uint32_t)random_u64(&seed)).name) <
                    SYMBOL_NAME_BYTES);
    }
}

static void test_pairs_of_themselves(void **state)
{
    (void)state;
    memcpy(table + 2, "\x81\x81", 2); /* would never end */
    expect_symbol(0x2000, "c", 0);
}

static void test_long_name(void **state)
{
    static uint8_t large[256 + 1 + 100 + 1];

    (void)state;
    memset(large + 257, 'n', 100);
    assert_int_equal(strlen(symbol_find(span_of(large, sizeof large), 5).name), SYMBOL_NAME_BYTES - 1);
}

static void test_crc32(void **state)
{
    (void)state;
    assert_int_equal(crc32(span_of("123456789", 9)), 0xcbf43926); /* the check value of every catalogue */
    assert_int_equal(crc32(span_of(NULL, 0)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_find, setup),
        cmocka_unit_test_setup(test_nested_pairs, setup),
        cmocka_unit_test_setup(test_tables_that_lie, setup),
        cmocka_unit_test_setup(test_pairs_of_themselves, setup),
        cmocka_unit_test(test_long_name),
        cmocka_unit_test(test_crc32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
