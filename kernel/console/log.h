/*
 * log.h - the kernel log: everything printed, from the first line on, in memory, and when.
 *
 * Pure: takes the time as an argument. One writer at a time.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define LOG_BYTES      65536u /* kept; older bytes are overwritten */
#define LOG_NUM_STAMPS 4096u  /* kept: one for each call of log_write() */

/* Appends `n` bytes, written at time stamp counter `tsc`. */
void log_write(const uint8_t *bytes, size_t n, uint64_t tsc);

/* How many bytes have been written since the start. */
uint64_t log_end(void);

/* True if what is written next begins a line. */
bool log_is_at_line_start(void);

/*
 * What the log still has from byte number `*position` on, as far as it lies in one piece; empty at the end.
 * Bytes that have been overwritten are passed over by moving *position.
 */
struct span log_from(uint64_t *position);

struct log_line {
    uint64_t tsc;        /* when its first byte was written; 0: no longer known */
    struct span text[2]; /* without the newline; in two pieces where the memory of the log begins anew */
};

/*
 * The line that begins at `*position`, which is moved behind its newline. Neither looks behind byte `end`,
 * where the last line may be unfinished. Of a line whose beginning was overwritten the rest is passed over.
 * False at the end.
 */
bool log_next_line(uint64_t *position, uint64_t end, struct log_line *line);

/* Where the last `num_lines` (at least 1) lines before byte `end` begin; 0 if there are not so many. */
uint64_t log_last_lines(uint64_t end, uint32_t num_lines);

#endif
