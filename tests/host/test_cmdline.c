/* units: kernel/lib/cmdline.c */
#include "tests/host/host_test.h"

#include "kernel/lib/cmdline.h"

static struct span text(const char *s)
{
    return span_of(s, strlen(s));
}

static void expect_word(const char *line, const char *name, const char *value)
{
    struct span found;

    assert_true(cmdline_find(text(line), name, &found));
    assert_int_equal(found.n, strlen(value));
    assert_memory_equal(found.p, value, found.n);
    assert_true(cmdline_equals(found, value));
}

static void test_find(void **state)
{
    struct span value;

    (void)state;
    expect_word("exit", "exit", "");
    expect_word("  a exit b ", "exit", "");
    expect_word("trial=divide", "trial", "divide");
    expect_word("trial=a\ttrial=b", "trial", "b"); /* the last counts */
    expect_word("trial=", "trial", "");
    expect_word("a=b=c", "a", "b=c");
    assert_false(cmdline_find(text("exited exi texit"), "exit", &value));
    assert_false(cmdline_find(text(""), "exit", &value));
    assert_false(cmdline_find(span_of(NULL, 0), "exit", &value));
    assert_false(cmdline_find(span_of("a\0exit", 6), "exit", &value)); /* 0 ends the line */
}

static void test_equals(void **state)
{
    (void)state;
    assert_true(cmdline_equals(text(""), ""));
    assert_false(cmdline_equals(text("ab"), "abc"));
    assert_false(cmdline_equals(text("abc"), "ab"));
}

static void test_append(void **state)
{
    char line[12] = "";

    (void)state;
    cmdline_append(line, sizeof line, text("one"));
    assert_string_equal(line, "one");
    cmdline_append(line, sizeof line, text(""));
    assert_string_equal(line, "one");
    cmdline_append(line, sizeof line, text("t\x80o"));
    assert_string_equal(line, "one t o");
    cmdline_append(line, sizeof line, text("three"));
    assert_string_equal(line, "one t o thr");
    cmdline_append(line, sizeof line, text("x"));
    assert_string_equal(line, "one t o thr");
}

/* Whatever the bytes: nothing outside the spans is read, nothing outside the line is written. */
static void test_random_bytes(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t n = random_u64(&seed) % 40;
        uint8_t *bytes = malloc(n + 1);
        char *line = malloc(16);
        struct span value;

        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t) "ab=# \n\r\0exit"[random_u64(&seed) % 12];
        bytes = realloc(bytes, n > 0 ? n : 1);
        line[0] = 0;
        cmdline_append(line, 16, span_of(bytes, n));
        assert_true(strlen(line) < 16);
        if (cmdline_find(span_of(bytes, n), "a", &value))
            assert_true(value.n <= n);
        free(line);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_equals),
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
