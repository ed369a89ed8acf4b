/*
 * kernel_map.c - mappings made while the kernel runs.
 */
#include "kernel/memory/kernel_map.h"

#include "kernel/boot/handoff.h"
#include "kernel/memory/address_space.h"
#include "kernel/memory/paging.h"

static uint64_t next_vaddr = MAP_BASE;

volatile void *map_device(uint64_t paddr, size_t size_bytes)
{
    uint64_t base = page_floor(paddr), bytes = page_ceil(paddr + size_bytes) - base, vaddr = next_vaddr;

    if (!paging_map(&kernel_page_tables, vaddr, base, bytes, PAGE_WRITE | PAGE_UNCACHED))
        return NULL;
    next_vaddr += bytes + PAGE_BYTES; /* what runs over the end faults */
    return (volatile void *)(uintptr_t)(vaddr + paddr % PAGE_BYTES);
}
