/* units: kernel/firmware/smbios.c */
/*
 * SMBIOS: entry points of both versions, the walk over a table, and every way a table can be wrong.
 */
#include "tests/host/host_test.h"

#include "kernel/firmware/smbios.h"
#include "kernel/lib/checksum.h"

static void fix_sum(uint8_t *bytes, size_t n, size_t at)
{
    bytes[at] = 0;
    bytes[at] = (uint8_t)-checksum8(span_of(bytes, n));
}

static void fix_sums_32(uint8_t bytes[SMBIOS_ENTRY_BYTES])
{
    fix_sum(bytes + 0x10, 15, 5);
    fix_sum(bytes, 0x1f, 4);
}

static void make_entry_32(uint8_t bytes[SMBIOS_ENTRY_BYTES])
{
    memset(bytes, 0, SMBIOS_ENTRY_BYTES);
    memcpy(bytes, "_SM_", 4);
    bytes[5] = 0x1f;
    bytes[6] = 2;
    bytes[7] = 8;
    memcpy(bytes + 0x10, "_DMI_", 5);
    bytes[0x16] = 0x34;
    bytes[0x18] = 0x78;
    bytes[0x1c] = 9;
    fix_sums_32(bytes);
}

static void make_entry_64(uint8_t bytes[SMBIOS_ENTRY_BYTES])
{
    memset(bytes, 0, SMBIOS_ENTRY_BYTES);
    memcpy(bytes, "_SM3_", 5);
    bytes[6] = 24;
    bytes[7] = 3;
    bytes[8] = 5;
    bytes[12] = 0x34;
    bytes[20] = 0x01; /* above 4 GiB */
    fix_sum(bytes, 24, 5);
}

static void expect_entry_error(const uint8_t *bytes, size_t n, const char *error)
{
    struct smbios smbios;
    uint8_t *copy = malloc(n > 0 ? n : 1);

    memcpy(copy, bytes, n);
    assert_string_equal(smbios_read(span_of(copy, n), &smbios), error);
    free(copy);
}

static void test_entry_32(void **state)
{
    uint8_t bytes[SMBIOS_ENTRY_BYTES];
    struct smbios smbios;

    (void)state;
    make_entry_32(bytes);
    assert_null(smbios_read(span_of(bytes, sizeof bytes), &smbios));
    assert_int_equal(smbios.major * 10 + smbios.minor, 28);
    assert_int_equal(smbios.table_bytes, 0x34);
    assert_int_equal(smbios.table_paddr, 0x78);
    assert_int_equal(smbios.num_structures, 9);
    bytes[5] = 0x1e; /* as SMBIOS 2.1 says it */
    fix_sum(bytes, 0x1f, 4);
    assert_null(smbios_read(span_of(bytes, sizeof bytes), &smbios));
    for (size_t n = 0; n < 0x1f; n++)
        expect_entry_error(bytes, n, n < 4 ? "no anchor" : "wrong checksum or length");
}

static void test_entry_32_is_wrong(void **state)
{
    uint8_t bytes[SMBIOS_ENTRY_BYTES];

    (void)state;
    make_entry_32(bytes);
    bytes[5] = 0xff;
    expect_entry_error(bytes, sizeof bytes, "wrong checksum or length");
    make_entry_32(bytes);
    bytes[6]++;
    expect_entry_error(bytes, sizeof bytes, "wrong checksum or length");
    make_entry_32(bytes);
    bytes[0x18]++;
    fix_sum(bytes, 0x1f, 4);
    expect_entry_error(bytes, sizeof bytes, "wrong intermediate checksum");
    make_entry_32(bytes);
    bytes[0x14] = 'x';
    fix_sums_32(bytes);
    expect_entry_error(bytes, sizeof bytes, "no intermediate anchor");
}

static void test_entry_64(void **state)
{
    uint8_t bytes[SMBIOS_ENTRY_BYTES];
    struct smbios smbios;

    (void)state;
    make_entry_64(bytes);
    assert_null(smbios_read(span_of(bytes, sizeof bytes), &smbios));
    assert_int_equal(smbios.major * 10 + smbios.minor, 35);
    assert_int_equal(smbios.table_bytes, 0x34);
    assert_int_equal(smbios.table_paddr, 0x100000000);
    assert_int_equal(smbios.num_structures, 0);
    for (size_t n = 0; n < 24; n++)
        expect_entry_error(bytes, n, n < 5 ? "no anchor" : "wrong checksum or length");
    bytes[7]++;
    expect_entry_error(bytes, sizeof bytes, "wrong checksum or length");
}

static void test_search_prefers_version_3(void **state)
{
    uint8_t area[160] = {0};

    (void)state;
    assert_int_equal(smbios_search(span_of(area, sizeof area)), sizeof area);
    make_entry_32(area + 16);
    assert_int_equal(smbios_search(span_of(area, sizeof area)), 16);
    make_entry_64(area + 72); /* not on a 16-byte boundary */
    assert_int_equal(smbios_search(span_of(area, sizeof area)), 16);
    make_entry_64(area + 112);
    assert_int_equal(smbios_search(span_of(area, sizeof area)), 112);
}

/* A table: type 1 with one string, type 0 with two, one without a field or a string, the end. */
static const uint8_t table_bytes[] = {
    1,   6, 0, 1, 1, 0, 'x', 0, 0,                                        /* handle 0x100 */
    0,   9, 1, 0, 2, 1, 0,   0, 3, 'v', 'e', 'r', 0, 'v', 'n', 'd', 0, 0, /* string 3 is not there */
    5,   4, 2, 0, 0, 0,                         /* two bytes of 0 where there are none */
    127, 4, 3, 0, 0, 0, 0,   4, 4, 0,   0,   0, /* behind the end */
};
#define AT_TYPE_0 9
#define AT_TYPE_5 27
#define AT_END    33
#define AT_BEHIND 39

static void expect_text(const struct smbios_structure *s, size_t offset, const char *text)
{
    struct span string = smbios_string(s, offset);

    assert_int_equal(string.n, strlen(text));
    assert_memory_equal(string.p, text, string.n);
}

static void test_walk(void **state)
{
    static const uint8_t types[] = {1, 0, 5, 127};
    static const uint16_t handles[] = {0x100, 1, 2, 3};
    static const size_t ends[] = {AT_TYPE_0, AT_TYPE_5, AT_END, AT_BEHIND};
    struct smbios_structure s;
    struct smbios_walk walk;

    (void)state;
    smbios_begin(&walk, span_of(table_bytes, sizeof table_bytes));
    for (size_t i = 0; i < 4; i++) {
        assert_true(smbios_next(&walk, &s));
        assert_int_equal(s.type, types[i]);
        assert_int_equal(s.handle, handles[i]);
        assert_int_equal(walk.at, ends[i]);
    }
    assert_false(smbios_next(&walk, &s));
    assert_null(walk.error);
    assert_true(walk.has_ended);
    assert_int_equal(walk.num_structures, 4);
}

static void test_strings(void **state)
{
    struct span table = span_of(table_bytes, sizeof table_bytes);
    struct smbios_structure s;

    (void)state;
    assert_true(smbios_find(table, SMBIOS_BIOS, &s));
    expect_text(&s, SMBIOS_BIOS_VENDOR, "vnd");
    expect_text(&s, SMBIOS_BIOS_VERSION, "ver");
    expect_text(&s, SMBIOS_BIOS_DATE, ""); /* number 3 of 2 */
    expect_text(&s, 9, "");                /* beyond the structure: that byte is a string's */
    assert_true(smbios_find(table, SMBIOS_SYSTEM, &s));
    expect_text(&s, SMBIOS_SYSTEM_MANUFACTURER, "x");
    expect_text(&s, SMBIOS_SYSTEM_PRODUCT, ""); /* number 0 */
    assert_true(smbios_find(table, 5, &s));
    expect_text(&s, 4, "");
    assert_false(smbios_find(table, 9, &s));
    assert_int_equal(s.formatted.n + s.strings.n, 0);
    expect_text(&s, 4, "");
}

/* What is wrong with the first n bytes of `bytes`, in memory of just that size; null: nothing. */
static const char *error_of(const uint8_t *bytes, size_t n, uint32_t num_structures)
{
    const struct smbios smbios = {2, 8, 0, (uint32_t)n, num_structures};
    uint8_t *copy = malloc(n > 0 ? n : 1);
    struct smbios_structure s;

    memcpy(copy, bytes, n);
    const char *error = smbios_check(span_of(copy, n), &smbios);
    for (uint32_t type = 0; type < 256; type++) {
        if (smbios_find(span_of(copy, n), (uint8_t)type, &s)) {
            for (size_t offset = 0; offset < 16; offset++)
                smbios_string(&s, offset);
        }
    }
    free(copy);
    return error;
}

/* Every shorter table is read without leaving it, and what is wrong with it has a name. */
static void test_cut(void **state)
{
    (void)state;
    assert_string_equal(error_of(table_bytes, 0, 0), "table cannot be mapped");
    for (size_t n = 1; n < AT_BEHIND; n++) {
        if (n == AT_TYPE_0 || n == AT_TYPE_5 || n == AT_END)
            assert_string_equal(error_of(table_bytes, n, 0), "no structure ends the table");
        else
            assert_non_null(error_of(table_bytes, n, 0));
    }
    for (size_t n = AT_BEHIND; n <= sizeof table_bytes; n++)
        assert_null(error_of(table_bytes, n, 0));
    assert_string_equal(error_of(table_bytes, 3, 0), "a structure runs over its end");
    assert_string_equal(error_of(table_bytes, 5, 0), "a structure runs over its end");
    assert_string_equal(error_of(table_bytes, 6, 0), "the strings of a structure do not end");
    assert_string_equal(error_of(table_bytes, 8, 0), "the strings of a structure do not end");
    assert_string_equal(error_of(table_bytes, AT_END - 1, 0), "the strings of a structure do not end");
}

static void test_count(void **state)
{
    (void)state;
    assert_null(error_of(table_bytes, sizeof table_bytes, 4));
    assert_null(error_of(table_bytes, AT_END, 3)); /* before SMBIOS 2.2 nothing ended the table */
    assert_string_equal(error_of(table_bytes, sizeof table_bytes, 5), "fewer structures than it says");
    assert_string_equal(error_of(table_bytes, sizeof table_bytes, 3), "more structures than it says");
}

static void test_short_structure(void **state)
{
    uint8_t bytes[sizeof table_bytes];

    (void)state;
    memcpy(bytes, table_bytes, sizeof bytes);
    for (uint8_t length = 0; length < SMBIOS_HEADER_BYTES; length++) {
        bytes[AT_TYPE_0 + 1] = length;
        assert_string_equal(error_of(bytes, sizeof bytes, 0), "a structure is shorter than its header");
    }
    bytes[AT_TYPE_0 + 1] = 255;
    assert_string_equal(error_of(bytes, sizeof bytes, 0), "a structure runs over its end");
}

static void test_garbage(void **state)
{
    uint64_t seed = 1;
    uint8_t bytes[200];

    (void)state;
    for (int i = 0; i < 5000; i++) {
        for (size_t at = 0; at < sizeof bytes; at++)
            bytes[at] = (uint8_t)(random_u64(&seed) >> 32) & (i % 2 != 0 ? 0x0f : 0xff);
        error_of(bytes, (size_t)(random_u64(&seed) % sizeof bytes), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry_32),
        cmocka_unit_test(test_entry_32_is_wrong),
        cmocka_unit_test(test_entry_64),
        cmocka_unit_test(test_search_prefers_version_3),
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_short_structure),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
