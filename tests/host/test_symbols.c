/* units: kernel/debug/symbols.c kernel/lib/crc32.c */
#include "tests/host/host_test.h"

#include "kernel/lib/crc32.h"
#include "kernel/debug/symbols.h"

static uint8_t table[4 + 3 * 8 + 12];

static void put32(size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        table[at + i] = (uint8_t)(value >> (8 * i));
}

/* Three functions: a at 0x1000, bb at 0x1010, ccc at 0x2000. */
static int setup(void **state)
{
    (void)state;
    put32(0, 3);
    put32(4, 0x1000);
    put32(8, 28);
    put32(12, 0x1010);
    put32(16, 30);
    put32(20, 0x2000);
    put32(24, 33);
    memcpy(table + 28, "a\0bb\0ccc\0\0\0", 12);
    return 0;
}

static void expect_symbol(uint32_t rva, const char *name, uint32_t offset)
{
    struct symbol s = symbol_find(span_of(table, sizeof table), rva);

    assert_string_equal(s.name, name);
    assert_int_equal(s.offset, offset);
}

static void test_find(void **state)
{
    (void)state;
    expect_symbol(0xfff, "?", 0);
    expect_symbol(0x1000, "a", 0);
    expect_symbol(0x100f, "a", 15);
    expect_symbol(0x1010, "bb", 0);
    expect_symbol(0x1fff, "bb", 0xfef);
    expect_symbol(0x5000, "ccc", 0x3000);
}

static void test_tables_that_lie(void **state)
{
    (void)state;
    put32(0, 0);
    expect_symbol(0x1000, "?", 0);
    put32(0, 0xffffffff);
    symbol_find(span_of(table, sizeof table), 0x1000);
    put32(0, 3);
    put32(8, 0x10000);
    expect_symbol(0x1000, "?", 0);
    assert_string_equal(symbol_find(span_of(NULL, 0), 0x1000).name, "?");
    table[sizeof table - 1] = 'x'; /* names that do not end */
    expect_symbol(0x1010, "?", 0);
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
        cmocka_unit_test_setup(test_tables_that_lie, setup),
        cmocka_unit_test(test_crc32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
