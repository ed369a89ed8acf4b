/*
 * test_string.c - the functions that the compiler itself calls.
 */
#include "kernel/lib/string.h"
#include "kernel/tests/self_test.h"

SELF_TEST(string_memmove_overlaps)
{
    char text[] = "0123456789";

    memmove(text + 2, text, 6);
    EXPECT(memcmp(text, "0101234589", 10) == 0);
    memmove(text, text + 2, 6);
    EXPECT(memcmp(text, "0123454589", 10) == 0);
}
