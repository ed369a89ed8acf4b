/*
 * pages.h - whole pages of the machine's RAM, for whoever needs some.
 *
 * What the memory map calls usable and nobody uses: never page 0, nor what lies below 1 MiB for BIOS and
 * VGA, nor the display's memory, whatever the map says of it. The memory handed out holds any bytes, and is
 * reached through phys_memory().
 *
 * Any CPU may call these, with interrupts on or off. Cost: of a page, constant, and mostly without a lock,
 * since each CPU keeps up to 64 free ones at hand; of a run of pages, the logarithm of the largest free run.
 */
#ifndef KERNEL_PAGES_H
#define KERNEL_PAGES_H

#include <stdint.h>

#include "kernel/memory/memory_map.h"

struct page_counts {
    uint64_t num_total;     /* pages there are to hand out, or handed out */
    uint64_t num_free;      /* of these, not handed out */
    uint64_t num_reclaimed; /* of the total, added by pages_reclaim() */
    uint64_t num_used_peak; /* the most that were handed out at one time, or kept by CPUs */
    uint64_t num_own;       /* besides: what the allocator needs itself */
};

/*
 * Once, after the handoff: takes the usable memory of boot_info.memory_map, and claims in the map what the
 * allocator needs itself, 32 bytes for 64 pages.
 */
void pages_init(void);

/*
 * A run of `num_pages` pages; all of it lies below physical address `limit_paddr` (0: anywhere), and it
 * begins at a multiple of `align_bytes` (a power of two; up to 4096 all are the same). Its physical address,
 * or 0 if there is no such run but for pages that other CPUs keep. Memory below 4 GiB, and below 1 MiB, is
 * handed out to those who ask for it as long as there is other.
 */
uint64_t pages_alloc(uint64_t num_pages, uint64_t align_bytes, uint64_t limit_paddr);

/*
 * Gives back a whole run of pages_alloc()'s, of the same length. Panics with its address, and says why, if
 * it is free already, was never handed out, or is not just such a run.
 */
void pages_free(uint64_t paddr, uint64_t num_pages);

/*
 * Makes all memory of this type usable, in boot_info.memory_map as well: MEMORY_BOOT_SERVICES, once no CPU
 * waits in the firmware's code any more and no firmware table there is needed, or MEMORY_ACPI_RECLAIMABLE,
 * once the ACPI tables are not. How many pages that were; 0 for any other type.
 */
uint64_t pages_reclaim(enum memory_type type);

/* As they are now. */
struct page_counts pages_count(void);

#endif
