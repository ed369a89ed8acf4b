/*
 * test_input.c - the keyboard controller.
 */
#include "kernel/devices/input.h"
#include "kernel/tests/self_test.h"

/* Whatever there is, or is not, a second look finds the same. */
SELF_TEST(input_keyboard_answers_again)
{
    const char *before = input_keyboard_fault();

    input_init();
    EXPECT(input_keyboard_fault() == before);
}
