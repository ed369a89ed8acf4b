/*
 * log.c - the kernel log.
 */
#include "kernel/console/log.h"

#include "kernel/boot/section.h"
#include "kernel/lib/string.h"

NOINIT static uint8_t ring[LOG_BYTES];
static uint64_t num_written;

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

void log_write(const uint8_t *bytes, size_t n)
{
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

struct span log_from(uint64_t *position)
{
    if (num_written > LOG_BYTES && *position < num_written - LOG_BYTES)
        *position = num_written - LOG_BYTES;
    size_t at = *position % LOG_BYTES;

    return span_of(ring + at, min_size(num_written - *position, LOG_BYTES - at));
}
