/*
 * smp_start.h - starting the other CPUs of the machine.
 */
#ifndef KERNEL_SMP_START_H
#define KERNEL_SMP_START_H

#include <stdint.h>

#include "kernel/lib/span.h"

#define SMP_MAX_CPUS 512u /* the one that booted included */

/* What became of smp_start(). */
struct smp_outcome {
    uint32_t num_listed;   /* CPUs the MADT calls enabled, the one that booted included */
    uint32_t num_started;  /* how many of them run, the one that booted included */
    uint32_t num_left_out; /* how many there was no room for: they are beyond SMP_MAX_CPUS */
    const char *error;     /* why no other was started, in words; null: nothing stood in the way */
};

extern struct smp_outcome smp_outcome;

/*
 * Starts every CPU that the MADT calls enabled and leaves it in smp_park() (smp.h); one that could only be
 * plugged in is none. All come up at once, with the control registers, page tables and memory types that this
 * CPU has now. Waits at most a quarter of a second, and that only for CPUs that do not answer: those are
 * given up, for good. Once, on the CPU that booted, after interrupts, clock and page allocator have been
 * initialised; gives the exceptions that need a stack of their own stacks with guard pages, on this CPU too.
 * From here on no CPU is in the firmware's code.
 */
void smp_start(struct span madt);

#endif
