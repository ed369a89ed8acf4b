/*
 * low_memory.h - physical memory below 4 GiB, as legacy_main() and what it calls reach it before the handoff.
 */
#ifndef LEGACY_LOW_MEMORY_H
#define LEGACY_LOW_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define LOW_MEMORY_MAPPED (UINT64_C(1) << 30) /* from 0 to here memory is mapped where it is, once begun */

/* Once, before anything below is reached. */
void low_memory_begin(void);

/* `n` bytes at physical address `paddr`; empty if any of them are in page 0 or at 4 GiB and beyond. */
struct span low_memory(uint64_t paddr, size_t n);

#endif
