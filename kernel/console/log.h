/*
 * log.h - the kernel log: everything printed, from the first line on, in memory.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define LOG_BYTES 65536u /* kept; older bytes are overwritten */

/* Appends `n` bytes. */
void log_write(const uint8_t *bytes, size_t n);

/* How many bytes have been written since the start. */
uint64_t log_end(void);

/*
 * What the log still has from byte number `*position` on, as far as it lies in one piece; empty at the end.
 * Bytes that have been overwritten are passed over by moving *position.
 */
struct span log_from(uint64_t *position);

#endif
