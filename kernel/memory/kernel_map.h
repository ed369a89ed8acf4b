/*
 * kernel_map.h - mappings made while the kernel runs, at addresses from MAP_BASE on.
 */
#ifndef KERNEL_KERNEL_MAP_H
#define KERNEL_KERNEL_MAP_H

#include <stddef.h>
#include <stdint.h>

/*
 * The registers of a device: `size_bytes` (at least 1) from physical address `paddr` on, which is not RAM,
 * mapped uncached and writable for good. Null when there is no room for page tables.
 */
volatile void *map_device(uint64_t paddr, size_t size_bytes);

#endif
