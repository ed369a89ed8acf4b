/*
 * kernel_map.h - the kernel's own page tables, changed while it runs.
 *
 * Any CPU may call these, with interrupts on or off. Physical addresses and sizes of memory that is no device
 * are multiples of 4096; rights are those of paging.h, never both to write and to execute.
 */
#ifndef KERNEL_KERNEL_MAP_H
#define KERNEL_KERNEL_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/memory/paging.h"

/* Once, before anything is mapped by phys.h or by these: what room for tables the handoff left is spare. */
void kernel_map_init(void);

/*
 * Maps physical memory at an address from MAP_BASE on, with nothing on the page below it and on the page
 * behind it. Null when there is no room for page tables, or the rights are no good.
 */
void *kernel_map(uint64_t paddr, uint64_t size_bytes, uint64_t rights);

/* Removes the whole mapping of kernel_map() or map_device() that `p` points into. The memory stays whose it
 * was. */
void kernel_unmap(volatile const void *p);

/*
 * The registers of a device: `size_bytes` from physical address `paddr` on, any values, mapped uncached and
 * writable. Null when that is empty, beyond what this CPU can address, or RAM by the memory map (usable, the
 * kernel's, boot services or ACPI's to reclaim), or when there is no room for page tables. kernel_unmap()
 * ends it.
 */
volatile void *map_device(uint64_t paddr, size_t size_bytes);

/*
 * The same at a chosen address, a multiple of 4096, for what must lie there: what was mapped before stays as
 * it was. False when there is no room for page tables, or the rights are no good; part of it may be mapped
 * then.
 */
bool kernel_map_at(uint64_t vaddr, uint64_t paddr, uint64_t size_bytes, uint64_t rights);

/* As paging_unmap() and paging_protect() of paging_change.h. */
bool kernel_unmap_at(uint64_t vaddr, uint64_t size_bytes);
bool kernel_protect_at(uint64_t vaddr, uint64_t size_bytes, uint64_t rights);

#endif
