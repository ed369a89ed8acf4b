/*
 * mcfg.c - reading the MCFG table.
 */
#include "kernel/firmware/mcfg.h"

#define RANGES      44
#define RANGE_BYTES 16

/* Offsets in a range. */
#define BASE      0
#define SEGMENT   8
#define FIRST_BUS 10
#define LAST_BUS  11

uint32_t mcfg_num_ranges(struct span table)
{
    return table.n < RANGES ? 0 : (uint32_t)((table.n - RANGES) / RANGE_BYTES);
}

bool mcfg_read(struct span table, uint32_t n, struct mcfg_range *range)
{
    if (n >= mcfg_num_ranges(table))
        return false;
    struct span bytes = span_sub(table, RANGES + (size_t)n * RANGE_BYTES, RANGE_BYTES);
    if (span_u64(bytes, BASE) == 0 || span_u8(bytes, FIRST_BUS) > span_u8(bytes, LAST_BUS))
        return false;
    range->paddr = span_u64(bytes, BASE);
    range->segment = span_u16(bytes, SEGMENT);
    range->first_bus = span_u8(bytes, FIRST_BUS);
    range->last_bus = span_u8(bytes, LAST_BUS);
    return true;
}
