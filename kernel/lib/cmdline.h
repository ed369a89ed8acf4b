/*
 * cmdline.h - words of the command line: `word` or `name=value`, separated by spaces.
 */
#ifndef KERNEL_CMDLINE_H
#define KERNEL_CMDLINE_H

#include <stdbool.h>

#include "kernel/lib/span.h"

/*
 * True if `line` holds the word `name`, alone or followed by `=`; `value` is then what follows the `=`, up to
 * the next blank, else empty. Of several, the last counts. `name` is 0-terminated and not empty. A byte of 0
 * ends the line; bytes below 0x21 separate words.
 */
bool cmdline_find(struct span line, const char *name, struct span *value);

/* True if the bytes of `value` are exactly those of the 0-terminated `text`. */
bool cmdline_equals(struct span value, const char *text);

/*
 * Appends `text`, up to its end or a byte of 0, to the 0-terminated `line` of at most `size` bytes, a space
 * between them. Bytes that are not printable ASCII become spaces. What does not fit is left out.
 */
void cmdline_append(char *line, size_t size, struct span text);

#endif
