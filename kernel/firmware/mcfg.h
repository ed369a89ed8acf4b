/*
 * mcfg.h - reading the MCFG table: where PCI Express configuration space is in memory (PCI
 * Firmware 3.2, 4.1.2).
 */
#ifndef KERNEL_MCFG_H
#define KERNEL_MCFG_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define MCFG_SIGNATURE     "MCFG"
#define MCFG_BYTES_PER_BUS (UINT64_C(1) << 20)

/* Some of the buses of a segment. That of `first_bus` begins at paddr + first_bus * MCFG_BYTES_PER_BUS. */
struct mcfg_range {
    uint64_t paddr; /* of bus 0, also where that is not among them */
    uint16_t segment;
    uint8_t first_bus, last_bus;
};

/* The `n`th range, from 0. False, and nothing set, beyond the last one and at one that cannot be: no address,
 * or buses in the wrong order. */
/*@ requires span_ok(table) && \valid(range);
    assigns *range; */
bool mcfg_read(struct span table, uint32_t n, struct mcfg_range *range);

/* How many ranges the table has. */
/*@ requires span_ok(table);
    assigns \nothing; */
uint32_t mcfg_num_ranges(struct span table);

#endif
