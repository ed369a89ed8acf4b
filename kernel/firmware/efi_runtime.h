/*
 * efi_runtime.h - the one runtime service that the kernel has use for: ResetSystem (UEFI 2.10, 8.5.1).
 */
#ifndef KERNEL_EFI_RUNTIME_H
#define KERNEL_EFI_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/span.h"

enum efi_reset_type {
    EFI_RESET_COLD = 0,
    EFI_RESET_SHUTDOWN = 2,
};

/* A memory map of EFI_MEMORY_DESCRIPTORs, `descriptor_bytes` apart. */
struct efi_descriptors {
    struct span bytes;
    size_t descriptor_bytes;
};

/* What of it the firmware needs, or may wrongly touch, while one of its services runs. */
struct efi_region {
    uint64_t base, end; /* physical addresses of whole pages; equal: nothing */
    uint64_t rights;    /* of paging.h */
    bool is_runtime;    /* no runtime service can do without it */
};

/*
 * Finds ResetSystem in the system table at `system_table`, through `memory`, which gives the bytes at a
 * physical address or an empty span. The headers of both tables must be sound, CRC-32 included, and the
 * service must lie in memory that the map has for code of runtime services. Null, and its address, or what is
 * wrong, in words. Pure.
 */
const char *efi_runtime_find(uint64_t system_table, struct span (*memory)(uint64_t paddr, size_t n),
                             const struct efi_descriptors *map, uint64_t *reset_system);

/* Region number `number` of the map, from 0 on; false beyond the end. Pure. */
bool efi_runtime_region(const struct efi_descriptors *map, uint32_t number, struct efi_region *region);

/*
 * Calls ResetSystem. It was never told of virtual addresses, so it runs in page tables of its own, in which
 * the firmware's memory lies where it is, as writable and executable as firmware has it, beside the kernel's
 * half; they exist during the call only. Comes back if there is no such service, or it came back: with what
 * is missing, in words. On the CPU that booted.
 */
const char *efi_reset(enum efi_reset_type type);

/*
 * efi/reset_system.c: the call itself, at physical address `reset_system`, in the page tables at
 * `root_paddr`, interrupts off, with the floating-point unit as UEFI promises it to the firmware (2.3.4).
 */
void efi_call_reset_system(uint64_t root_paddr, uint64_t reset_system, uint32_t type);

#endif
