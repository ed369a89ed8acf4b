/*
 * phys.h - the one place where a physical address becomes a span of bytes.
 */
#ifndef KERNEL_PHYS_H
#define KERNEL_PHYS_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define PHYS_SPAN_MAX_BYTES (UINT64_C(16) << 20)

/*
 * `n` bytes of memory at physical address `paddr`, to read after the handoff; mapped at the first use. What
 * belongs to the firmware is mapped read-only, also what the memory map calls reserved, since that is where
 * firmware keeps its tables. Empty if any of it is page 0, MMIO or beyond what the memory map lists, or if n
 * is more than PHYS_SPAN_MAX_BYTES.
 */
struct span phys_span(uint64_t paddr, size_t n);

/*
 * `n` bytes of RAM of ours at physical address `paddr`, to write: memory that pages_alloc() gave, or the
 * kernel's own but for the read-only part of its image; mapped at the first use, for good. Null if any of it
 * is something else, or there is no room for page tables.
 */
void *phys_memory(uint64_t paddr, size_t n);

/* The physical address of what phys_memory() pointed to; 0 for any other pointer. */
uint64_t phys_address(const void *pointer);

#endif
