/*
 * efi_memory_map.c - from EFI_MEMORY_DESCRIPTORs to the one memory map.
 *
 * For whoever left boot services, ourselves or the loader that started us.
 */
#include "kernel/memory/efi_memory_map.h"

#define OFFSET_TYPE  0
#define OFFSET_START 8
#define OFFSET_PAGES 24

#define EFI_PAGE_SHIFT 12
#define EFI_MAX_PAGES  (UINT64_MAX >> EFI_PAGE_SHIFT)

/* UEFI 2.10, table 7.10: what the memory is once boot services are gone. */
static uint32_t region_type(uint32_t efi_type)
{
    switch (efi_type) {
    case 1: /* EfiLoaderCode */
    case 2: /* EfiLoaderData */
    case 7: /* EfiConventionalMemory */
        return MEMORY_USABLE;
    case 3: /* EfiBootServicesCode */
    case 4: /* EfiBootServicesData */
        return MEMORY_BOOT_SERVICES;
    case 5: /* EfiRuntimeServicesCode */
    case 6: /* EfiRuntimeServicesData */
        return MEMORY_RUNTIME;
    case 8: /* EfiUnusableMemory */
        return MEMORY_UNUSABLE;
    case 9: /* EfiACPIReclaimMemory */
        return MEMORY_ACPI_RECLAIMABLE;
    case 10: /* EfiACPIMemoryNVS */
        return MEMORY_ACPI_NVS;
    case 11: /* EfiMemoryMappedIO */
    case 12: /* EfiMemoryMappedIOPortSpace */
        return MEMORY_MMIO;
    case 14: /* EfiPersistentMemory */
        return MEMORY_PERSISTENT;
    case 0:  /* EfiReservedMemoryType */
    case 13: /* EfiPalCode */
    case 15: /* EfiUnacceptedMemoryType */
        return MEMORY_RESERVED;
    default: /* 0x70000000 and above belong to firmware and loader vendors */
        return efi_type >= 0x70000000 ? MEMORY_RESERVED : 0;
    }
}

uint32_t efi_memory_map_read(struct span bytes, size_t descriptor_size, struct memory_map *map,
                             struct memory_map_work *work)
{
    uint32_t count = 0;

    if (descriptor_size < EFI_DESCRIPTOR_BYTES)
        return 0;
    for (size_t at = 0; bytes.n - at >= descriptor_size; at += descriptor_size) {
        uint64_t pages = span_u64(bytes, at + OFFSET_PAGES);
        uint64_t size = pages > EFI_MAX_PAGES ? UINT64_MAX : pages << EFI_PAGE_SHIFT;

        memory_map_add(map, work, span_u64(bytes, at + OFFSET_START), size,
                       region_type(span_u32(bytes, at + OFFSET_TYPE)));
        count++;
    }
    return count;
}
