/* units:  */
/*
 * The kernel's memcpy and its kin under other names, beside libc's own.
 */
#include "tests/host/host_test.h"

#define memcpy  janus_memcpy
#define memmove janus_memmove
#define memset  janus_memset
#define memcmp  janus_memcmp
#define strlen  janus_strlen
#include "kernel/lib/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen

#define ROOM 96

static uint8_t ours[ROOM], theirs[ROOM];

static void fill_both(void)
{
    for (size_t i = 0; i < ROOM; i++)
        ours[i] = theirs[i] = (uint8_t)(i * 37 + 11);
}

static void test_memmove(void **state)
{
    (void)state;
    for (size_t to = 0; to < 24; to++) {
        for (size_t from = 0; from < 24; from++) {
            for (size_t n = 0; n <= ROOM - 24; n++) {
                fill_both();
                assert_ptr_equal(janus_memmove(ours + to, ours + from, n), ours + to);
                memmove(theirs + to, theirs + from, n);
                assert_memory_equal(ours, theirs, ROOM);
            }
        }
    }
}

static void test_memcpy(void **state)
{
    uint8_t source[ROOM];

    (void)state;
    for (size_t i = 0; i < ROOM; i++)
        source[i] = (uint8_t)(255 - i);
    for (size_t to = 0; to < 9; to++) {
        for (size_t n = 0; n <= ROOM - 9; n++) {
            fill_both();
            assert_ptr_equal(janus_memcpy(ours + to, source + (to * 5) % 9, n), ours + to);
            memcpy(theirs + to, source + (to * 5) % 9, n);
            assert_memory_equal(ours, theirs, ROOM);
        }
    }
}

static void test_memset(void **state)
{
    static const int values[] = {0, 1, 0x7f, 0x80, 0xff, 0x1234, -1};

    (void)state;
    for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
        for (size_t n = 0; n <= ROOM - 3; n++) {
            fill_both();
            assert_ptr_equal(janus_memset(ours + 3, values[v], n), ours + 3);
            memset(theirs + 3, values[v], n);
            assert_memory_equal(ours, theirs, ROOM);
        }
    }
}

static void test_memcmp(void **state)
{
    (void)state;
    fill_both();
    assert_int_equal(janus_memcmp(ours, theirs, ROOM), 0);
    assert_int_equal(janus_memcmp(ours, theirs + 1, 0), 0);
    for (size_t at = 0; at < ROOM; at++) {
        fill_both();
        ours[at] = 0x80;
        theirs[at] = 0x7f; /* bytes are unsigned */
        assert_true(janus_memcmp(ours, theirs, ROOM) > 0);
        assert_true(janus_memcmp(theirs, ours, ROOM) < 0);
        assert_int_equal(janus_memcmp(ours, theirs, at), 0);
    }
}

static void test_strlen(void **state)
{
    (void)state;
    assert_int_equal(janus_strlen(""), 0);
    assert_int_equal(janus_strlen("a"), 1);
    assert_int_equal(janus_strlen("\xff\x80z\0behind"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memmove), cmocka_unit_test(test_memcpy), cmocka_unit_test(test_memset),
        cmocka_unit_test(test_memcmp),  cmocka_unit_test(test_strlen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
