/*
 * efi_memory_map.h - from EFI_MEMORY_DESCRIPTORs to the one memory map.
 */
#ifndef KERNEL_EFI_MEMORY_MAP_H
#define KERNEL_EFI_MEMORY_MAP_H

#include "kernel/memory/memory_map.h"
#include "kernel/lib/span.h"

#define EFI_DESCRIPTOR_BYTES 40 /* at least: the firmware may make them longer */

/*
 * Adds every whole descriptor in `bytes`, `descriptor_size` apart (UEFI 2.10, 7.2.3: not the size of the
 * structure this was compiled with), to the map. Says how many there were; 0 if descriptor_size is below
 * that.
 */
uint32_t efi_memory_map_read(struct span bytes, size_t descriptor_size, struct memory_map *map,
                             struct memory_map_work *work);

#endif
