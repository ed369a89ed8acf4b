/*
 * efi_runtime.c - what UEFI's tables say about its runtime services, read as bytes.
 */
#include "kernel/firmware/efi_runtime.h"

#include "kernel/lib/crc32.h"
#include "kernel/lib/string.h"
#include "kernel/memory/efi_memory_map.h"
#include "kernel/memory/paging.h"

/* UEFI 2.10, 4.2: the header of either table. */
#define SYSTEM_TABLE     UINT64_C(0x5453595320494249) /* "IBI SYST" */
#define RUNTIME_SERVICES UINT64_C(0x56524553544e5552) /* "RUNTSERV" */
#define HEADER_SIZE      12
#define HEADER_CRC32     16
#define HEADER_BYTES     24
#define MAX_TABLE_BYTES  256

/* Of a firmware with pointers of 64 bits (4.3 and 4.5). */
#define RUNTIME_SERVICES_POINTER 88
#define SYSTEM_TABLE_BYTES       120
#define RESET_SYSTEM_POINTER     104
#define RUNTIME_SERVICES_BYTES   112 /* to that pointer's end */

/* EFI_MEMORY_DESCRIPTOR (7.2.3). */
#define DESCRIPTOR_TYPE       0
#define DESCRIPTOR_START      8
#define DESCRIPTOR_PAGES      24
#define DESCRIPTOR_ATTRIBUTES 32

#define BOOT_SERVICES_CODE    3
#define BOOT_SERVICES_DATA    4
#define RUNTIME_SERVICES_CODE 5

#define ATTRIBUTE_WRITE_BACK UINT64_C(0x8)
#define ATTRIBUTE_RUNTIME    (UINT64_C(1) << 63)

#define LOW_HALF_END (UINT64_C(1) << 47)

/* The whole table at `paddr`, if it is sound: empty otherwise. */
static struct span read_table(uint64_t paddr, uint64_t signature, size_t min_bytes,
                              struct span (*memory)(uint64_t paddr, size_t n))
{
    struct span nothing = {0, 0}, header = memory(paddr, HEADER_BYTES);
    uint8_t copy[MAX_TABLE_BYTES];

    if (span_u64(header, 0) != signature)
        return nothing;
    size_t size = span_u32(header, HEADER_SIZE);
    if (size < min_bytes || size > MAX_TABLE_BYTES)
        return nothing;
    struct span table = memory(paddr, size);
    if (table.n != size)
        return nothing;
    memcpy(copy, table.p, size);
    memset(copy + HEADER_CRC32, 0, 4); /* it was 0 when the sum was made */
    return crc32(span_of(copy, size)) == span_u32(table, HEADER_CRC32) ? table : nothing;
}

/* The descriptor of that number; empty beyond the end. */
static struct span descriptor(const struct efi_descriptors *map, uint32_t number)
{
    return span_sub(map->bytes, number * map->descriptor_bytes,
                    map->descriptor_bytes >= EFI_DESCRIPTOR_BYTES ? EFI_DESCRIPTOR_BYTES : 0);
}

/* Where a descriptor's memory ends; 0 if it cannot be right. */
static uint64_t descriptor_end(struct span d)
{
    uint64_t start = span_u64(d, DESCRIPTOR_START), pages = span_u64(d, DESCRIPTOR_PAGES);

    if (start % PAGE_BYTES != 0 || start > LOW_HALF_END || pages > (LOW_HALF_END - start) / PAGE_BYTES)
        return 0;
    return start + pages * PAGE_BYTES;
}

static bool is_runtime_code(const struct efi_descriptors *map, uint64_t paddr)
{
    struct span d;

    for (uint32_t i = 0; (d = descriptor(map, i)).n > 0; i++) {
        if (span_u32(d, DESCRIPTOR_TYPE) == RUNTIME_SERVICES_CODE && paddr >= span_u64(d, DESCRIPTOR_START) &&
            paddr < descriptor_end(d))
            return true;
    }
    return false;
}

const char *efi_runtime_find(uint64_t system_table, struct span (*memory)(uint64_t paddr, size_t n),
                             const struct efi_descriptors *map, uint64_t *reset_system)
{
    struct span system = read_table(system_table, SYSTEM_TABLE, SYSTEM_TABLE_BYTES, memory);

    if (system.n == 0)
        return "the system table is not sound";
    struct span services = read_table(span_u64(system, RUNTIME_SERVICES_POINTER), RUNTIME_SERVICES,
                                      RUNTIME_SERVICES_BYTES, memory);
    if (services.n == 0)
        return "the table of runtime services is not sound";
    *reset_system = span_u64(services, RESET_SYSTEM_POINTER);
    return is_runtime_code(map, *reset_system) ? NULL : "it lies outside the runtime services' code";
}

bool efi_runtime_region(const struct efi_descriptors *map, uint32_t number, struct efi_region *region)
{
    struct span d = descriptor(map, number);
    uint32_t type = span_u32(d, DESCRIPTOR_TYPE);
    uint64_t attributes = span_u64(d, DESCRIPTOR_ATTRIBUTES), end = descriptor_end(d);

    *region = (struct efi_region){.is_runtime = (attributes & ATTRIBUTE_RUNTIME) != 0};
    if (end != 0 && (region->is_runtime || type == BOOT_SERVICES_CODE || type == BOOT_SERVICES_DATA)) {
        region->base = span_u64(d, DESCRIPTOR_START);
        region->end = end;
    }
    region->rights = PAGE_WRITE | (attributes & ATTRIBUTE_WRITE_BACK ? PAGE_EXECUTE : PAGE_UNCACHED);
    return d.n > 0;
}
