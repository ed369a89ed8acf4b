/*
 * clock.h - how fast the time stamp counter runs, and time by it.
 */
#ifndef KERNEL_CLOCK_H
#define KERNEL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Ticks of the TSC in a second; 0: not known, or not yet. */
extern uint64_t clock_tsc_hz;

/* What one of those who know says. */
struct clock_witness {
    const char *name;    /* "HPET"; null: there is none */
    const char *problem; /* null: none, and tsc_hz is what it says */
    uint64_t tsc_hz;
};

#define CLOCK_MAX_WITNESSES 6

extern struct clock_witness clock_witnesses[CLOCK_MAX_WITNESSES]; /* the most trusted first */
extern const struct clock_witness *clock_chosen; /* whose word clock_tsc_hz is; null: nobody's */

/*
 * Measures for about a millisecond, all counters at once, and asks CPUID. Every wait ends, whatever stands
 * still. After firmware_tables_init() and interrupts_init(), with interrupts off.
 */
void clock_init(void);

/* Ticks of this CPU's APIC timer in a second; 0: no timer, or clock_tsc_hz is not known. */
extern uint64_t clock_apic_timer_hz;

/* Ticks of the TSC as nanoseconds, rounded down; 0 while the frequency is not known. */
uint64_t clock_ns(uint64_t tsc_ticks);

/* Nanoseconds since the TSC was 0, which is when the machine was switched on, or nearly. */
uint64_t clock_now_ns(void);

/* Microseconds as ticks of the TSC; 0 while the frequency is not known. */
uint64_t clock_ticks(uint32_t us);

/* Lets `us` microseconds go by, at least; where the frequency is not known by writes to a slow port. */
void clock_wait_us(uint32_t us);

#endif
