/*
 * handoff.h - from the address a loader chose to the address the kernel is linked at.
 */
#ifndef KERNEL_HANDOFF_H
#define KERNEL_HANDOFF_H

#include "kernel/memory/paging.h"

/*
 * Ends a route: the firmware's last word has been heard, boot_info is complete but for the image's own
 * range and the normalising of the map, the image and memory below `mapped_end` are mapped where they are.
 * Normalises the map, claims the image and the page tables in it, builds the final address space
 * (address_space.h) and goes to kernel_main. Does not come back; when there is no memory for page tables it
 * says so on COM1 and halts.
 */
_Noreturn void handoff(uint64_t mapped_end);

/*
 * The first thing on the other side: what enter_kernel() still needed of the old address space is no longer
 * mapped.
 */
void handoff_end(void);

/* The live page tables, for whoever maps more. The window is the direct map. */
extern struct page_tables kernel_page_tables;

#endif
