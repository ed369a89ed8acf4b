/* units: kernel/report/scroll.c */
#include "tests/host/host_test.h"

#include "kernel/console/console.h"
#include "kernel/report/scroll.h"

static char printed[1000000];
static size_t num_printed, num_flushes;
static uint32_t num_told; /* of lines, by printk */

void console_write(const char *text, size_t n)
{
    assert_true(n <= sizeof printed - num_printed);
    memcpy(printed + num_printed, text, n);
    num_printed += n;
}

void console_flush(void)
{
    num_flushes++;
}

void printk(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    num_told = strncmp(format, "Scrolled %u", 11) == 0 ? va_arg(args, uint32_t) : 0;
    va_end(args);
}

static bool parse(const char *text, uint32_t *number)
{
    return scroll_parse(span_of(text, strlen(text)), number);
}

static void test_parse(void **state)
{
    static const char *const wrong[] = {
        "",   "0",  "000", "1000001", "10000000", "4294967297", "99999999999999999999",
        "1x", "-1", "+1",  "0x10",    "1.",       "ten"};
    uint32_t number;

    (void)state;
    assert_true(parse("1", &number) && number == 1);
    assert_true(parse("0010", &number) && number == 10);
    assert_true(parse("1000000", &number) && number == 1000000);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(parse(wrong[i], &number));
    assert_false(scroll_parse(span_of(NULL, 0), &number));
}

static void run(const char *number)
{
    num_printed = num_flushes = 0;
    num_told = UINT32_MAX;
    scroll_run(span_of(number, strlen(number)));
}

static void test_run(void **state)
{
    uint32_t num_lines = 0, longest = 0, shortest = 1000;

    (void)state;
    run("1234");
    assert_int_equal(num_told, 1234);
    assert_int_equal(num_flushes, 2);
    for (char *line = printed, *end; line < printed + num_printed; line = end + 1) {
        end = memchr(line, '\n', (size_t)(printed + num_printed - line));
        assert_non_null(end);
        uint32_t n = (uint32_t)(end - line);
        num_lines++;
        assert_int_equal(atoi(line), num_lines);
        longest = n > longest ? n : longest;
        shortest = n < shortest ? n : shortest;
    }
    assert_int_equal(num_lines, 1234);
    assert_int_equal(longest, SCROLL_MAX_COLUMNS);
    assert_int_equal(shortest, SCROLL_MIN_COLUMNS);
}

static void test_nothing_is_printed(void **state)
{
    (void)state;
    run("");
    assert_int_equal(num_told, 0); /* said */
    run("1000001");
    assert_int_equal(num_told, 0);
    assert_int_equal(num_printed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_nothing_is_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
