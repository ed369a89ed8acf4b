/*
 * handoff.h - from the address a loader chose to the address the kernel is linked at.
 */
#ifndef KERNEL_HANDOFF_H
#define KERNEL_HANDOFF_H

#include "kernel/paging.h"

/*
 * Ends a route: the firmware's last word has been heard, boot_info is complete but for the image's own
 * range and the normalising of the map, memory below 4 GiB is mapped where it is. Normalises the map,
 * claims the image and the page tables in it, builds the final address space (address_space.h) and goes
 * to kernel_main. Does not come back; when there is no memory for page tables it says so on COM1 and halts.
 */
_Noreturn void handoff(void);

/* The live page tables, for whoever maps more. The window is the direct map. */
extern struct page_tables kernel_page_tables;

#endif
