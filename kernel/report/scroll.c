/*
 * scroll.c - printing many lines, to see how fast the consoles scroll.
 *
 * A line is its number and a window on a fixed text, which costs next to nothing to make: what is measured is
 * the consoles. A meter outside finds the span by the symbols scroll_run and report_speed.
 */
#include "kernel/report/scroll.h"

#include "kernel/console/console.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"

#define NUMBER_DIGITS 7u
#define NUM_WINDOWS   48u /* places the window begins at */

static const char letters[] = "the quick brown fox jumps over the lazy dog, and "
                              "SPHINX OF BLACK QUARTZ, JUDGE MY VOW: 0123456789 "
                              "<pack> {my} [box] (with) five dozen / liquor jugs";

_Static_assert(sizeof letters > NUM_WINDOWS + SCROLL_MAX_COLUMNS - SCROLL_MIN_COLUMNS, "every window fits");

bool scroll_parse(struct span value, uint32_t *num_lines)
{
    uint32_t number = 0;

    for (size_t i = 0; i < value.n; i++) {
        uint8_t c = span_u8(value, i);

        if (c < '0' || c > '9')
            return false;
        number = number * 10 + (c - (uint32_t)'0');
        if (number > SCROLL_MAX_LINES)
            return false;
    }
    *num_lines = number;
    return number > 0;
}

/* Adds one to a number in digits. */
static void count_up(char number[NUMBER_DIGITS])
{
    uint32_t at = NUMBER_DIGITS - 1;

    for (; at > 0 && number[at] == '9'; at--)
        number[at] = '0';
    number[at]++;
}

static void print_lines(uint32_t num_lines)
{
    const uint32_t lengths = SCROLL_MAX_COLUMNS - SCROLL_MIN_COLUMNS + 1;
    char line[SCROLL_MAX_COLUMNS + 1] = "0000000 "; /* room for the newline */

    for (uint32_t i = 0; i < num_lines; i++) {
        uint32_t n = SCROLL_MIN_COLUMNS + i * 31 % lengths;

        count_up(line);
        memcpy(line + SCROLL_MIN_COLUMNS, letters + i % NUM_WINDOWS, n - SCROLL_MIN_COLUMNS);
        line[n] = '\n';
        console_write(line, n + 1);
    }
}

/* Neither inlined nor cloned: its address is where the span ends. */
static __attribute__((noipa)) void report_speed(uint32_t num_lines, uint64_t cycles)
{
    printk("Scrolled %u lines in %llu kilocycles\n", num_lines, (unsigned long long)cycles / 1000);
    console_flush();
}

void scroll_run(struct span value)
{
    uint32_t num_lines;

    if (!scroll_parse(value, &num_lines)) {
        printk("scroll=%.*s: not a number from 1 to %u, ignored\n", (int)value.n, (const char *)value.p,
               SCROLL_MAX_LINES);
        console_flush();
        return;
    }
    uint64_t start = rdtsc();

    print_lines(num_lines);
    console_flush();
    report_speed(num_lines, rdtsc() - start);
}
