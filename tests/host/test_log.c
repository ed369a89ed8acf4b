/* units: */
/*
 * The log: what it keeps, and the time of each line.
 */
#include "tests/host/host_test.h"

#include "kernel/console/log.c"

static int reset(void **state)
{
    (void)state;
    num_written = num_stamps = 0;
    memset(ring, 0xee, sizeof ring);
    memset(stamps, 0xee, sizeof stamps);
    return 0;
}

static void put(const char *text, uint64_t tsc)
{
    log_write((const uint8_t *)text, strlen(text), tsc);
}

/* The next line as a string, its time in *tsc; null at the end. */
static const char *next(uint64_t *position, uint64_t *tsc)
{
    static char text[LOG_BYTES + 1];
    struct log_line line;

    if (!log_next_line(position, log_end(), &line))
        return NULL;
    memcpy(text, line.text[0].p, line.text[0].n);
    memcpy(text + line.text[0].n, line.text[1].p, line.text[1].n);
    text[line.text[0].n + line.text[1].n] = 0;
    *tsc = line.tsc;
    return text;
}

static void expect_line(uint64_t *position, const char *text, uint64_t tsc)
{
    uint64_t found;

    assert_string_equal(next(position, &found), text);
    assert_int_equal(found, tsc);
}

static void expect_end(uint64_t position)
{
    assert_null(next(&position, &(uint64_t){0}));
}

static void test_empty(void **state)
{
    (void)state;
    assert_true(log_is_at_line_start());
    expect_end(0);
    assert_int_equal(log_last_lines(log_end(), 3), 0);
}

/* A line has the time of its first byte, however many calls it took, and however many lines a call held. */
static void test_stamps(void **state)
{
    uint64_t position = 0;

    (void)state;
    put("one ", 10);
    assert_false(log_is_at_line_start());
    put("line", 11);
    put("\nsecond\nthird ", 12);
    put("goes on\n\n", 13);
    put("unfinished", 14);
    expect_line(&position, "one line", 10);
    expect_line(&position, "second", 12);
    expect_line(&position, "third goes on", 12);
    expect_line(&position, "", 13);
    expect_line(&position, "unfinished", 14);
    expect_end(position);
}

static void test_last_lines(void **state)
{
    uint64_t position;

    (void)state;
    put("one\ntwo\nthree\n", 1);
    position = log_last_lines(log_end(), 2);
    expect_line(&position, "two", 1);
    expect_line(&position, "three", 1);
    position = log_last_lines(log_end(), 3);
    expect_line(&position, "one", 1);
    assert_int_equal(log_last_lines(log_end(), 9), 0);
    put("half", 2);
    position = log_last_lines(log_end(), 1);
    expect_line(&position, "half", 2);
    position = log_last_lines(log_end() - 4, 1); /* not what came behind */
    expect_line(&position, "three", 1);
}

/* Many times round: every line is whole and has its own time, and only the oldest are gone. */
static void test_wraps(void **state)
{
    const uint32_t num_lines = 30000;
    uint64_t position = 0, tsc;
    char line[64];
    uint32_t number = 0, count = 0;

    (void)state;
    for (uint32_t i = 0; i < num_lines; i++) {
        snprintf(line, sizeof line, "line %u %.*s\n", i, (int)(i % 40),
                 "........................................");
        put(line, 1000 + i);
    }
    for (const char *text; (text = next(&position, &tsc)) != NULL; count++) {
        uint32_t found;

        assert_int_equal(sscanf(text, "line %u", &found), 1);
        assert_true(count == 0 || found == number + 1);
        number = found;
        assert_int_equal(strlen(text), snprintf(line, sizeof line, "line %u ", number) + (int)(number % 40));
        assert_int_equal(tsc, 1000 + number);
    }
    assert_int_equal(number, num_lines - 1);
    assert_true(count > LOG_BYTES / 56 && count < LOG_BYTES / 20);
}

/* More calls than there are stamps: the text is there, its time is not. */
static void test_stamps_run_out(void **state)
{
    uint64_t position = 0, tsc;
    uint32_t count = 0;

    (void)state;
    for (uint32_t i = 0; i < LOG_NUM_STAMPS + 100; i++)
        put("x\n", 7);
    while (next(&position, &tsc) != NULL)
        assert_int_equal(tsc, count++ < 100 ? 0 : 7);
    assert_int_equal(count, LOG_NUM_STAMPS + 100);
}

/* A line that is longer than the log has no beginning any more, and is passed over. */
static void test_long_lines(void **state)
{
    static char text[LOG_BYTES * 2 + 1];
    uint64_t position = 0;

    (void)state;
    memset(text, 'l', sizeof text - 1);
    put("first\n", 1);
    put(text, 2);
    expect_end(0);
    put("\nlast\n", 3);
    expect_line(&position, "last", 3);
    expect_end(position);
    assert_int_equal(log_last_lines(log_end(), 2), 0);
    text[LOG_BYTES - 7] = 0; /* one that just fits */
    put("\n", 4);
    put(text, 5);
    position = log_last_lines(log_end(), 1);
    expect_line(&position, text, 5);
}

/* Whoever reads slowly is led on to what is still there. */
static void test_from(void **state)
{
    uint64_t position = 3;

    (void)state;
    put("0123456789", 1);
    assert_int_equal(log_from(&position).n, 7);
    assert_int_equal(log_from(&position).p[0], '3');
    for (uint32_t i = 0; i < LOG_BYTES / 10 + 1; i++)
        put("0123456789", 2);
    assert_int_equal(log_from(&position).n + log_from(&position).p - ring, LOG_BYTES);
    assert_int_equal(position, log_end() - LOG_BYTES);
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_empty),          TEST(test_stamps),     TEST(test_last_lines), TEST(test_wraps),
        TEST(test_stamps_run_out), TEST(test_long_lines), TEST(test_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
