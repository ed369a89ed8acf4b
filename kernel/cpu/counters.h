/*
 * counters.h - what the PC has that counts at a known rate: HPET, ACPI PM timer, PIT; and the APIC's timer,
 * whose rate nobody tells.
 */
#ifndef KERNEL_COUNTERS_H
#define KERNEL_COUNTERS_H

#include <stdint.h>

#include "kernel/cpu/calibration.h"

/* The one that is read fastest and counts finest first. */
enum counter_index { COUNTER_HPET, COUNTER_PM_TIMER, COUNTER_PIT, COUNTER_APIC, NUM_COUNTERS };

struct counter {
    const char *name;
    const char *problem; /* null: none */
    uint64_t (*read)(void);
    uint64_t hz; /* 0: absent, or, of the APIC's timer, not known */
    uint32_t num_bits;
    struct calibration_sample from, to; /* clock.c's */
};

extern struct counter counters[NUM_COUNTERS];

/*
 * Makes them count, HPET and PM timer where the ACPI tables tell them. Those that are absent keep hz == 0; of
 * the PIT nobody knows beforehand.
 */
void counters_begin(void);

/* Silences the PIT and the APIC's timer, and leaves the speaker as it was. */
void counters_end(void);

#endif
