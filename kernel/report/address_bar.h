/*
 * address_bar.h - a picture of the physical address space: where RAM, firmware and kernel lie.
 */
#ifndef KERNEL_ADDRESS_BAR_H
#define KERNEL_ADDRESS_BAR_H

#include "kernel/memory/memory_map.h"

#define ADDRESS_BAR_CELLS 64

/*
 * What the memory map says of each of ADDRESS_BAR_CELLS equal parts of [0, end): 0 for nothing, MEMORY_KERNEL
 * if any of it is the kernel's, else the type that has most of it. `end` is a multiple of ADDRESS_BAR_CELLS.
 */
void address_bar_cells(const struct memory_map *map, uint64_t end, uint8_t cells[ADDRESS_BAR_CELLS]);

/* The smallest power of two, at least 1 MiB, that all RAM below `limit` fits under. */
uint64_t address_bar_ram_end(const struct memory_map *map, uint64_t limit);

/* Prints the picture of [0, end) as one line. */
void address_bar_print(const struct memory_map *map, uint64_t end);

/* Prints one cell of a type's colour. */
void address_bar_print_swatch(uint32_t type);

#endif
