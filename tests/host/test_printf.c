/* units: kernel/lib/printf.c */
/*
 * The formatter beside libc's snprintf, over every combination of flags, width, precision and length.
 */
#include "tests/host/host_test.h"

#include <inttypes.h>
#include <limits.h>

#include "kernel/lib/printf.h"

#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-overflow"

#define ROOM 400

static char ours[ROOM], theirs[ROOM];

#define SAME(format, ...)                                                                                    \
    do {                                                                                                     \
        int got = format_string(ours, ROOM, format, __VA_ARGS__);                                            \
        assert_int_equal(got, snprintf(theirs, ROOM, format, __VA_ARGS__));                                  \
        assert_string_equal(ours, theirs);                                                                   \
    } while (0)

static const char *const widths[] = {"", "1", "5", "12", "30"};
static const char *const precisions[] = {"", ".", ".0", ".1", ".7", ".25"};

/* Calls `one` with every %[flags][width][.precision]<end>. */
static void for_every_spec(const char *end, void (*one)(const char *format))
{
    char format[64];

    for (uint32_t flags = 0; flags < 32; flags++) {
        for (size_t w = 0; w < 5; w++) {
            for (size_t p = 0; p < 6; p++) {
                snprintf(format, sizeof format, "<%%%s%s%s%s%s%s%s%s>", flags & 1 ? "-" : "",
                         flags & 2 ? "0" : "", flags & 4 ? "+" : "", flags & 8 ? " " : "",
                         flags & 16 ? "#" : "", widths[w], precisions[p], end);
                one(format);
            }
        }
    }
}

static const uint64_t numbers[] = {
    0,         1,          7,          8,          9,         10,         15,        16,
    99,        127,        128,        255,        256,       32767,      32768,     65535,
    65536,     0x7fffffff, 0x80000000, 0xffffffff, 1u << 20,  UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN,
    123456789, 0xdeadbeef, 0123456701, 1000000007, 0x8000ull, 0x80,       0xff80,    0x123456789abcdefull,
};
#define NUM_NUMBERS (sizeof numbers / sizeof numbers[0])

static void compare_int(const char *format)
{
    for (size_t i = 0; i < NUM_NUMBERS; i++)
        SAME(format, (unsigned)numbers[i]);
}

static void compare_long(const char *format)
{
    for (size_t i = 0; i < NUM_NUMBERS; i++)
        SAME(format, numbers[i]);
}

static void test_integers(void **state)
{
    static const char *const short_lengths[] = {"", "h", "hh"};
    static const char *const long_lengths[] = {"l", "ll", "z", "j", "t"};
    char end[8];

    (void)state;
    for (const char *letter = "diuxXo"; *letter != 0; letter++) {
        for (size_t i = 0; i < 3; i++) {
            snprintf(end, sizeof end, "%s%c", short_lengths[i], *letter);
            for_every_spec(end, compare_int);
        }
        for (size_t i = 0; i < 5; i++) {
            snprintf(end, sizeof end, "%s%c", long_lengths[i], *letter);
            for_every_spec(end, compare_long);
        }
    }
}

static void compare_string(const char *format)
{
    static const char *const texts[] = {"", "a", "Janus", "two faces, one kernel, and then some"};

    for (size_t i = 0; i < 4; i++)
        SAME(format, texts[i]);
}

static void compare_char(const char *format)
{
    SAME(format, 'x');
    SAME(format, 0xe9);
}

static void compare_pointer(const char *format)
{
    SAME(format, (const void *)ours);
    SAME(format, (const void *)1);
}

static void test_text(void **state)
{
    (void)state;
    for_every_spec("s", compare_string);
    for_every_spec("c", compare_char);
    for (size_t w = 0; w < 5; w++) {
        char format[16];

        snprintf(format, sizeof format, "%%%sp", widths[w]);
        compare_pointer(format);
        snprintf(format, sizeof format, "%%-%sp", widths[w]);
        compare_pointer(format);
    }
    SAME("%s%%%d", "a", 1);
    format_string(ours, ROOM, "%p %s", NULL, (const char *)NULL);
    assert_string_equal(ours, "0x0 (null)");
}

static void test_stars(void **state)
{
    (void)state;
    for (int width = -12; width <= 12; width++) {
        for (int precision = -3; precision <= 12; precision++) {
            SAME("[%*.*d]", width, precision, -1234);
            SAME("[%0*.*x]", width, precision, 0xabcu);
            SAME("[%-*.*s]", width, precision, "abcdefgh");
        }
    }
}

/* The bytes behind the precision are not there. */
static void test_bounded_string(void **state)
{
    char *bytes = malloc(5);

    (void)state;
    memcpy(bytes, "hello", 5);
    assert_int_equal(format_string(ours, ROOM, "%.5s|%.*s|%.0s", bytes, 3, bytes, (const char *)1), 10);
    assert_string_equal(ours, "hello|hel|");
    free(bytes);
}

static void test_sizes(void **state)
{
    (void)state;
    assert_int_equal(format_string(NULL, 0, "%d-%s", 12345, "abc"), 9);
    for (size_t size = 1; size < 16; size++) {
        char *exact = malloc(size);

        assert_int_equal(format_string(exact, size, "%d-%s", 12345, "abc"), 9);
        snprintf(theirs, size, "%d-%s", 12345, "abc");
        assert_string_equal(exact, theirs);
        free(exact);
    }
    assert_int_equal(format_string(ours, 4, "%100000d", 1), 100000);
    assert_string_equal(ours, "   ");
}

static void test_what_is_no_conversion(void **state)
{
    int stored = 7;
    const char *unknown = "%q %y %d %";
    const char *refused = "%n%d";
    const char *cut = "%-08.3l";

    (void)state;
    format_string(ours, ROOM, unknown, 5);
    assert_string_equal(ours, "%q %y 5 %");
    format_string(ours, ROOM, refused, &stored, 3);
    assert_string_equal(ours, "%n3");
    assert_int_equal(stored, 7);
    format_string(ours, ROOM, cut, 1);
    assert_string_equal(ours, "%-08.3l");
    assert_int_equal(format_string(NULL, 0, "%99999999999999999999x!", 1), INT_MAX);
}

static void test_digits(void **state)
{
    uint64_t seed = 42;
    char digits[FORMAT_MAX_DIGITS];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint64_t value = random_u64(&seed) >> (random_u64(&seed) % 64);
        static const char *const formats[] = {"%" PRIo64, "%" PRIu64, "%" PRIx64, "%" PRIX64};
        static const uint32_t bases[] = {8, 10, 16, 16};
        size_t which = (size_t)i % 4;
        uint32_t n = format_digits(digits, value, bases[which], which == 3);

        assert_int_equal(snprintf(theirs, ROOM, formats[which], value), n);
        assert_memory_equal(digits + FORMAT_MAX_DIGITS - n, theirs, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers), cmocka_unit_test(test_text),
        cmocka_unit_test(test_stars),    cmocka_unit_test(test_bounded_string),
        cmocka_unit_test(test_sizes),    cmocka_unit_test(test_what_is_no_conversion),
        cmocka_unit_test(test_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
