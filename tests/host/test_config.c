/* units: kernel/lib/config.c */
#include "tests/host/host_test.h"

#include "kernel/lib/config.h"

/* `file` becomes `line` in a buffer of exactly `room` bytes, where ASan sees every byte too far. */
static void expect(const char *file, size_t num_bytes, size_t room, const char *line)
{
    char *bytes = malloc(num_bytes + 1);
    char *cmdline = malloc(room);
    assert_non_null(bytes);
    assert_non_null(cmdline);
    memcpy(bytes, file, num_bytes);
    config_cmdline(span_of(bytes, num_bytes), cmdline, room);
    assert_string_equal(cmdline, line);
    free(cmdline);
    free(bytes);
}

static void expect_line(const char *file, const char *line)
{
    expect(file, strlen(file), 1024, line);
}

static void test_lines_are_joined(void **state)
{
    (void)state;
    expect_line("", "");
    expect_line("exit", "exit");
    expect_line("exit\n", "exit");
    expect_line("a\nb\r\nc\rd", "a b c d");
    expect_line("\n\n a \n\n\n\nb\n\n", " a  b");
    expect_line("a=\"x y\"\tb", "a=\"x y\"\tb");
    expect_line("\xc3\xa4", "\xc3\xa4");
}

static void test_comments_are_left_out(void **state)
{
    (void)state;
    expect_line("#", "");
    expect_line("# a\n", "");
    expect_line("# a\nb\n#c\r\n#d\ne#f # g\n#", "b e#f # g");
    expect_line(" #a", " #a");
}

static void test_byte_order_mark(void **state)
{
    (void)state;
    expect_line("\xef\xbb\xbf"
                "a",
                "a");
    expect_line("\xef\xbb\xbf# a\nb", "b");
    expect_line("\xef\xbb\xbf", "");
    expect_line("\xef\xbb", "\xef\xbb");
    expect_line("a\xef\xbb\xbf", "a\xef\xbb\xbf");
}

static void test_ends(void **state)
{
    (void)state;
    expect("a\0b", 3, 1024, "a");
    expect("abcdef", 3, 1024, "abc");
    expect("", 0, 1, "");
    expect("abc", 3, 1, "");
    expect("abc", 3, 3, "ab");
    expect("abc", 3, 4, "abc");
    expect("ab\ncd", 5, 4, "ab ");
    expect("ab\ncd", 5, 3, "ab");
}

static void test_random_bytes(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        static const uint8_t alphabet[] = "\0\r\n#ab \xef\xbb\xbf";
        size_t n = random_u64(&seed) % 40, room = 1 + random_u64(&seed) % 40;
        uint8_t *bytes = malloc(n + 1);
        char *cmdline = malloc(room);
        for (size_t i = 0; i < n; i++)
            bytes[i] = alphabet[random_u64(&seed) % sizeof alphabet];
        config_cmdline(span_of(bytes, n), cmdline, room);
        assert_true(strlen(cmdline) < room);
        assert_null(strpbrk(cmdline, "\r\n"));
        free(cmdline);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_joined), cmocka_unit_test(test_comments_are_left_out),
        cmocka_unit_test(test_byte_order_mark),  cmocka_unit_test(test_ends),
        cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
