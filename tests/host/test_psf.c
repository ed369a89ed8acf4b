/* units: kernel/console/psf.c kernel/lib/inflate.c kernel/lib/utf8.c kernel/console/fonts/fonts.S */
/*
 * The font reader on the two fonts of the kernel, on fonts built here, and on fonts that lie.
 */
#include "tests/host/host_test.h"

#include "kernel/console/psf.h"
#include "kernel/lib/inflate.h"
#include "kernel/boot/section.h"

#define HEADER 32
#define ROOM   8192

static struct psf_index idx; /* large */

/* A font of `glyphs` glyphs of 8x2 in memory of just its size, so that a read beyond it is found. */
struct built {
    uint8_t *bytes;
    size_t n;
};

static void put32(uint8_t *p, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static struct built build(uint32_t glyphs, const char *table, size_t table_bytes)
{
    static const uint32_t fields[] = {0x864ab572, 0, HEADER, 1, 0, 2, 2, 8};
    struct built b = {.n = HEADER + 2 * (size_t)glyphs + table_bytes};

    b.bytes = malloc(b.n);
    for (size_t i = 0; i < 8; i++)
        put32(b.bytes + 4 * i, i == 4 ? glyphs : fields[i]);
    for (size_t i = 0; i < 2 * (size_t)glyphs; i++)
        b.bytes[HEADER + i] = (uint8_t)(i + 1);
    memcpy(b.bytes + b.n - table_bytes, table, table_bytes);
    return b;
}

static void expect_error(uint32_t offset, uint32_t value, enum psf_error error)
{
    struct built b = build(4,
                           "a\xff"
                           "b\xff"
                           "c\xff"
                           "d\xff",
                           8);
    struct psf font;

    put32(b.bytes + offset, value);
    assert_int_equal(psf_open(&font, span_of(b.bytes, b.n)), error);
    free(b.bytes);
}

static void test_headers_that_lie(void **state)
{
    (void)state;
    expect_error(0, 0x864ab573, PSF_NOT_PSF2);
    expect_error(4, 1, PSF_NOT_PSF2);
    expect_error(8, 31, PSF_NOT_PSF2);
    expect_error(8, 0xffffffff, PSF_TRUNCATED);
    expect_error(8, 40, PSF_OK); /* a longer header, as a later version may have */
    expect_error(8, 41, PSF_TRUNCATED);
    expect_error(8, 49, PSF_TRUNCATED);
    expect_error(12, 0, PSF_NO_TABLE);
    expect_error(16, 0, PSF_BAD_GLYPHS);
    expect_error(16, 0xffff, PSF_BAD_GLYPHS);
    expect_error(16, 0x80000001, PSF_BAD_GLYPHS);
    expect_error(16, 9, PSF_TRUNCATED);
    expect_error(20, 1, PSF_BAD_SIZE);
    expect_error(20, 0x80000002, PSF_BAD_SIZE);
    expect_error(24, 0, PSF_BAD_SIZE);
    expect_error(24, 65, PSF_BAD_SIZE);
    expect_error(24, 0x80000001, PSF_BAD_SIZE);
    expect_error(28, 0, PSF_BAD_SIZE);
    expect_error(28, 7, PSF_BAD_SIZE);
    expect_error(28, 9, PSF_BAD_SIZE);
    expect_error(28, 33, PSF_BAD_SIZE);
    expect_error(28, 0xffffffff, PSF_BAD_SIZE);
}

static void test_cut_short(void **state)
{
    struct psf font;

    (void)state;
    for (size_t n = 0; n <= 48; n++) {
        struct built b = build(4,
                               "a\xff"
                               "b\xff"
                               "c\xff"
                               "d\xff",
                               8);
        uint8_t *part = malloc(n + 1);

        memcpy(part, b.bytes, n);
        enum psf_error error = psf_open(&font, span_of(n > 0 ? part : NULL, n));
        assert_int_equal(error, n < HEADER + 8 ? PSF_TRUNCATED : PSF_OK);
        if (error == PSF_OK) {
            psf_index(&idx, &font);
            assert_int_equal(psf_find(&idx, 'a'), 0);
            (void)psf_find(&idx, 0x2500);
        }
        free(part);
        free(b.bytes);
    }
}

static struct psf open_built(struct built b)
{
    struct psf font;

    assert_int_equal(psf_open(&font, span_of(b.bytes, b.n)), PSF_OK);
    psf_index(&idx, &font);
    return font;
}

/* Duplicates, sequences, bytes that are no UTF-8, descending order, glyphs without code points. */
static void test_odd_tables(void **state)
{
    static const char table[] = "\xe2\x96\x88z\xff"
                                "az\xfe\x61\x63\xff"
                                "\xff"
                                "\xe2\x94\x80\xc0\xaf\xe2\xff"
                                "\xfe\x62\xff"
                                "\xef\xbf\xbd\xff";
    struct built b = build(6, table, sizeof table - 1);
    struct psf font = open_built(b);
    static struct psf_index again;

    (void)state;
    idx.font = &font;
    again = idx;
    assert_int_equal(psf_find(&idx, 'z'), 0);
    assert_int_equal(psf_find(&idx, 'a'), 1);
    assert_int_equal(psf_find(&idx, 0x2588), 0);
    assert_int_equal(psf_find(&idx, 0x2500), 3);
    assert_false(psf_has(&idx, 'b'));
    assert_false(psf_has(&idx, 'c'));
    assert_false(psf_has(&idx, 0x10ffff));
    assert_int_equal(psf_find(&idx, 'b'), 5);
    assert_int_equal(psf_find(&again, 0xffffffff), 5); /* the first question of all */
    free(b.bytes);
}

static void test_fallbacks(void **state)
{
    struct built with_mark = build(2, "x\xff?\xff", 4), without = build(2, "x\xffy\xff", 4);
    struct psf font = open_built(with_mark);

    (void)state;
    idx.font = &font;
    assert_int_equal(psf_find(&idx, 0x2500), 1);
    font = open_built(without);
    idx.font = &font;
    assert_int_equal(psf_find(&idx, 0x2500), 0);
    assert_int_equal(psf_find(&idx, 'y'), 1);
    free(with_mark.bytes);
    free(without.bytes);
}

/* More code points than an index holds, in descending order: the lookups stay right, the rest is counted. */
static void test_too_many(void **state)
{
    static char table[ROOM];
    size_t n = 0;

    (void)state;
    for (uint32_t i = 0; i < 700; i++) {
        uint32_t code = 0x3000 + 699 - i;

        table[n++] = (char)(0xe0 | code >> 12);
        table[n++] = (char)(0x80 | (code >> 6 & 63));
        table[n++] = (char)(0x80 | (code & 63));
        table[n++] = (char)0xff;
    }
    struct built b = build(700, table, n);
    struct psf font = open_built(b);
    idx.font = &font;
    assert_false(psf_has(&idx, 0x5000));
    assert_int_equal(idx.num_entries, PSF_INDEX_MAX);
    assert_int_equal(idx.num_dropped, 700 - PSF_INDEX_MAX);
    for (uint32_t i = 0; i < 700; i++)
        assert_int_equal(psf_has(&idx, 0x3000 + 699 - i), i < PSF_INDEX_MAX);
    assert_int_equal(psf_find(&idx, 0x3000 + 699 - 5), 5);
    free(b.bytes);
}

static void test_noise(void **state)
{
    uint64_t seed = 1234567;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        char table[64];

        for (size_t i = 0; i < sizeof table; i++)
            table[i] = (char)(random_u64(&seed) % 5 == 0 ? 0xff : random_u64(&seed) >> 33);
        struct built b = build(5, table, random_u64(&seed) % sizeof table);
        struct psf font = open_built(b);
        idx.font = &font;
        for (int i = 0; i < 20; i++)
            assert_true(psf_find(&idx, (uint32_t)random_u64(&seed) & 0x1fffff) < 5);
        free(b.bytes);
    }
}

static void expect_pixels(const struct psf *font, uint32_t code, uint32_t set)
{
    struct span glyph = psf_glyph(font, psf_find(&idx, code));
    uint32_t count = 0;

    assert_int_equal(glyph.n, font->glyph_bytes);
    for (size_t i = 0; i < glyph.n; i++)
        count += (uint32_t)__builtin_popcount(span_u8(glyph, i));
    assert_int_equal(count, set);
}

static void check_spleen(struct span file, uint32_t width, uint32_t height)
{
    struct psf font;
    static const uint32_t extra[] = {0x2014, 0x2013, 0x2026, 0x2022, 0x20ac,
                                     0xb7,   0x2717, 0x2500, 0x2551, 0xfffd};

    assert_int_equal(psf_open(&font, file), PSF_OK);
    psf_index(&idx, &font);
    assert_int_equal(font.width, width);
    assert_int_equal(font.height, height);
    for (uint32_t c = 0x20; c < 0x7f; c++)
        assert_int_equal(psf_find(&idx, c), c - 0x20);
    for (uint32_t c = 0xa0; c < 0x100; c++)
        assert_true(psf_has(&idx, c));
    for (size_t i = 0; i < sizeof extra / sizeof extra[0]; i++)
        assert_true(psf_has(&idx, extra[i]));
    expect_pixels(&font, ' ', 0);
    expect_pixels(&font, 0x2588, width * height);
    assert_int_equal(psf_find(&idx, 0x1f600), psf_find(&idx, 0xfffd));
    assert_int_equal(idx.num_dropped, 0);
    assert_ptr_equal(psf_glyph(&font, 0xffffffff).p, psf_glyph(&font, 0).p);
    assert_int_equal(psf_glyph(&font, font.num_glyphs).n, font.glyph_bytes);
}

static void test_spleen(void **state)
{
    static uint8_t large[FONT_16X32_BYTES];
    struct span packed = span_of(font_16x32_packed, (size_t)(font_16x32_packed_end - font_16x32_packed));

    (void)state;
    check_spleen(span_of(font_8x16, (size_t)(font_8x16_end - font_8x16)), 8, 16);
    check_spleen(span_of(large, inflate(packed, large, sizeof large)), 16, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers_that_lie), cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_odd_tables),       cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_too_many),         cmocka_unit_test(test_noise),
        cmocka_unit_test(test_spleen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
