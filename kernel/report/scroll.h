/*
 * scroll.h - printing many lines, to see how fast the consoles scroll.
 */
#ifndef KERNEL_SCROLL_H
#define KERNEL_SCROLL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define SCROLL_MAX_LINES   1000000u
#define SCROLL_MIN_COLUMNS 8u
#define SCROLL_MAX_COLUMNS 79u

/* True if `value` is a decimal number from 1 to SCROLL_MAX_LINES and nothing else; *num_lines is it then. */
bool scroll_parse(struct span value, uint32_t *num_lines);

/*
 * The command-line word `scroll=N`: prints N lines, each unlike the one before it, of SCROLL_MIN_COLUMNS to
 * SCROLL_MAX_COLUMNS characters, waits until every console shows them, and says how long that took. Says so
 * if N is no such number.
 */
void scroll_run(struct span value);

#endif
