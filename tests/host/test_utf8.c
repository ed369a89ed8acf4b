/* units: kernel/lib/utf8.c */
#include "tests/host/host_test.h"

#include "kernel/lib/utf8.h"

#define MAX_CODES 32
#define R         UTF8_REPLACEMENT

struct decoded {
    uint32_t codes[MAX_CODES];
    uint32_t n;
};

static struct decoded decode(const char *bytes, size_t n)
{
    struct decoded d = {.n = 0};
    struct utf8 decoder = {0};
    uint32_t out[2];

    for (size_t i = 0; i < n; i++) {
        uint32_t got = utf8_feed(&decoder, (uint8_t)bytes[i], out);

        assert_true(got <= 2);
        for (uint32_t k = 0; k < got; k++)
            d.codes[d.n++] = out[k];
    }
    d.n += utf8_end(&decoder, &d.codes[d.n]);
    return d;
}

static void expect_codes(const char *bytes, size_t n, const uint32_t *codes, uint32_t num_codes)
{
    struct decoded d = decode(bytes, n);

    assert_int_equal(d.n, num_codes);
    assert_memory_equal(d.codes, codes, num_codes * sizeof codes[0]);
}

#define EXPECT(bytes, ...)                                                                                   \
    do {                                                                                                     \
        const uint32_t codes[] = {__VA_ARGS__};                                                              \
        expect_codes(bytes, sizeof bytes - 1, codes, sizeof codes / sizeof codes[0]);                        \
    } while (0)

static size_t encode(uint32_t c, char *out)
{
    if (c < 0x80)
        return out[0] = (char)c, 1;
    if (c < 0x800)
        return out[0] = (char)(0xc0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
    if (c < 0x10000)
        return out[0] = (char)(0xe0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)),
               out[2] = (char)(0x80 | (c & 63)), 3;
    return out[0] = (char)(0xf0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 63)),
           out[2] = (char)(0x80 | (c >> 6 & 63)), out[3] = (char)(0x80 | (c & 63)), 4;
}

static void test_every_scalar_value(void **state)
{
    char bytes[4];

    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        size_t n = encode(c, bytes);
        struct decoded d = decode(bytes, n);
        assert_int_equal(d.n, 1);
        assert_int_equal(d.codes[0], c);
    }
}

/* Unicode 15, tables 3-8 to 3-11. */
static void test_unicode_tables(void **state)
{
    (void)state;
    EXPECT("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", R, R, R, R, R, R, R, R, 0x41);
    EXPECT("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", R, R, R, R, R, R, R, R, 0x41);
    EXPECT("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", R, R, R, R, R, 0x41, R, R, 0x42);
    EXPECT("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", R, R, R, R, 0x41);
}

static void test_cut_short(void **state)
{
    (void)state;
    EXPECT("\xe2\x82", R);
    EXPECT("\xf0\x9f\x98", R);
    EXPECT("\xe2\x82\xe2\x82\xac", R, 0x20ac);
    EXPECT("\xe2\x82\xff", R, R);
    EXPECT("\xc3\xc3\xa4", R, 0xe4);
    EXPECT("a\xc3", 'a', R);
    EXPECT("\xf5\x80", R, R);
}

/* Whatever comes, every code point is a scalar value and no byte is lost: at most one code point a byte. */
static void test_noise(void **state)
{
    uint64_t seed = 88172645463325252u;
    struct utf8 decoder = {0};
    uint32_t out[2], total = 0;

    (void)state;
    for (uint32_t i = 0; i < 1000000; i++) {
        uint32_t n = utf8_feed(&decoder, (uint8_t)(random_u64(&seed) >> 40), out);

        total += n;
        assert_true(total <= i + 1);
        for (uint32_t k = 0; k < n; k++)
            assert_true(out[k] <= 0x10ffff && (out[k] < 0xd800 || out[k] > 0xdfff));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_scalar_value),
        cmocka_unit_test(test_unicode_tables),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
