/*
 * reclaim.h - giving the firmware's left memory to the page allocator.
 */
#ifndef KERNEL_RECLAIM_H
#define KERNEL_RECLAIM_H

#include "kernel/lib/span.h"

/*
 * The command-line word `reclaim`: makes boot services memory and that of the ACPI tables usable, and says
 * how many pages that were. Only behind smp_start(): until then UEFI keeps the other CPUs waiting in code
 * that lies in boot services memory. Who takes pages from then on may overwrite the ACPI tables.
 */
void reclaim_run(struct span value);

#endif
