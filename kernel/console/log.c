/*
 * log.c - the kernel log: a ring of text, and beside it a ring of time stamps.
 */
#include "kernel/console/log.h"

#include "kernel/boot/section.h"
#include "kernel/lib/string.h"

/* When the bytes from `position` on were written. */
struct stamp {
    uint64_t position, tsc;
};

NOINIT static uint8_t ring[LOG_BYTES];
NOINIT static struct stamp stamps[LOG_NUM_STAMPS];
static uint64_t num_written, num_stamps;

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

void log_write(const uint8_t *bytes, size_t n, uint64_t tsc)
{
    stamps[num_stamps++ % LOG_NUM_STAMPS] = (struct stamp){num_written, tsc};
    while (n > 0) {
        size_t at = num_written % LOG_BYTES, piece = min_size(n, LOG_BYTES - at);

        memcpy(ring + at, bytes, piece);
        num_written += piece;
        bytes += piece;
        n -= piece;
    }
}

uint64_t log_end(void)
{
    return num_written;
}

static uint8_t byte_at(uint64_t position)
{
    return ring[position % LOG_BYTES];
}

static uint64_t oldest(void)
{
    return num_written > LOG_BYTES ? num_written - LOG_BYTES : 0;
}

bool log_is_at_line_start(void)
{
    return num_written == 0 || byte_at(num_written - 1) == '\n';
}

struct span log_from(uint64_t *position)
{
    if (*position < oldest())
        *position = oldest();
    size_t at = *position % LOG_BYTES;

    return span_of(ring + at, min_size(num_written - *position, LOG_BYTES - at));
}

/* The first newline from `position` on, or `end`. */
static uint64_t find_newline(uint64_t position, uint64_t end)
{
    while (position < end && byte_at(position) != '\n')
        position++;
    return position;
}

/* The last stamp at or before `position`, by bisection. */
static uint64_t find_tsc(uint64_t position)
{
    uint64_t low = num_stamps > LOG_NUM_STAMPS ? num_stamps - LOG_NUM_STAMPS : 0, high = num_stamps;
    uint64_t tsc = 0;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct stamp *stamp = &stamps[middle % LOG_NUM_STAMPS];

        if (stamp->position > position) {
            high = middle;
        } else {
            tsc = stamp->tsc;
            low = middle + 1;
        }
    }
    return tsc;
}

bool log_next_line(uint64_t *position, uint64_t end, struct log_line *line)
{
    if (*position < oldest())
        *position = find_newline(oldest(), end) + 1;
    if (*position >= end)
        return false;
    size_t at = *position % LOG_BYTES;
    uint64_t newline = find_newline(*position, end);
    size_t n = newline - *position, first = min_size(n, LOG_BYTES - at);

    line->tsc = find_tsc(*position);
    line->text[0] = span_of(ring + at, first);
    line->text[1] = span_of(ring, n - first);
    *position = newline + 1;
    return true;
}

uint64_t log_last_lines(uint64_t end, uint32_t num_lines)
{
    for (uint64_t position = end; position > oldest(); position--) {
        if (position < end && byte_at(position - 1) == '\n' && --num_lines == 0)
            return position;
    }
    return 0;
}
