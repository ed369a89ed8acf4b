/*
 * log.c - the kernel log.
 */
#include "kernel/log.h"

#include "kernel/section.h"

NOINIT static uint8_t ring[LOG_BYTES];
static uint64_t num_written;

void log_write(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ring[num_written++ % LOG_BYTES] = bytes[i];
}

uint64_t log_end(void)
{
    return num_written;
}

struct span log_from(uint64_t *position)
{
    if (num_written > LOG_BYTES && *position < num_written - LOG_BYTES)
        *position = num_written - LOG_BYTES;
    size_t at = *position % LOG_BYTES, n = num_written - *position;

    return span_of(ring + at, n < LOG_BYTES - at ? n : LOG_BYTES - at);
}
