/*
 * unpack.h - reads what fonts/pack.py packed. Pure.
 *
 * Format: units of two bytes. A byte n < 128 is followed by n + 1 units as they are, a byte n >= 128 by one
 * unit that stands n - 126 times.
 */
#ifndef KERNEL_UNPACK_H
#define KERNEL_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/span.h"

/*
 * Unpacks all of `packed` to `out`, which has `room` bytes. Returns how many bytes that made; 0 if there is
 * no room for them or `packed` is cut short.
 */
size_t unpack(struct span packed, uint8_t *out, size_t room);

#endif
