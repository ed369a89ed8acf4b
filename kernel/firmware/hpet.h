/*
 * hpet.h - reading the HPET table: where the high precision event timer is (IA-PC HPET 1.0a, 3.2.4).
 */
#ifndef KERNEL_HPET_H
#define KERNEL_HPET_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/firmware/acpi_gas.h"

#define HPET_SIGNATURE       "HPET"
#define HPET_REGISTERS_BYTES 1024

struct hpet {
    uint64_t paddr; /* of HPET_REGISTERS_BYTES */
    uint8_t number; /* of this timer block; a machine may have several, each with its table */
    uint8_t num_comparators;
    bool is_64bit;      /* the counter; the registers tell it as well, and their word counts */
    uint16_t min_ticks; /* of a periodic comparator that loses no interrupt */
};

/* False, and all 0, if there is no table, one too short, or one whose timer is not in memory. */
/*@ requires span_ok(table) && \valid(hpet);
    assigns *hpet; */
bool hpet_read(struct span table, struct hpet *hpet);

#endif
