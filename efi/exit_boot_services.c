/*
 * exit_boot_services.c - the memory map, and the way out (UEFI 2.10, 7.2.3 and 7.4.6).
 *
 * The map may change between GetMemoryMap and ExitBootServices, because the firmware's own handlers of the
 * event allocate; then the key is stale and both must be called again. After the first try nothing else
 * of the firmware may be called, nothing is allocated and nothing printed. So the room is made beforehand.
 */
#include "efi/boot_services.h"
#include "kernel/cpu.h"
#include "kernel/efi_memory_map.h"
#include "kernel/serial.h"

#define MAX_TRIES   16
#define SLACK_BYTES (UINTN)16384 /* what the map may grow by between two calls */

struct efi_map {
    EFI_MEMORY_DESCRIPTOR *descriptors;
    UINTN room_bytes;
    UINTN size_bytes;
    UINTN key;
    UINTN descriptor_size;
    UINT32 descriptor_version;
};

static EFI_STATUS get_map(const struct firmware *firmware, struct efi_map *map)
{
    map->size_bytes = map->room_bytes;
    return firmware->boot->GetMemoryMap(&map->size_bytes, map->descriptors, &map->key, &map->descriptor_size,
                                        &map->descriptor_version);
}

/* The first GetMemoryMap, into the image's own buffer, or into one made for a map that is too large for it.
 */
static EFI_STATUS get_first_map(const struct firmware *firmware, struct efi_map *map)
{
    EFI_STATUS status = get_map(firmware, map);

    if (status != EFI_BUFFER_TOO_SMALL)
        return EFI_ERROR(status) ? firmware_report(firmware, L"GetMemoryMap", status) : status;
    void *room = NULL;
    map->room_bytes = map->size_bytes + SLACK_BYTES;
    status = firmware->boot->AllocatePool(EfiLoaderData, map->room_bytes, &room);
    if (EFI_ERROR(status))
        return firmware_report(firmware, L"AllocatePool for the memory map", status);
    map->descriptors = room;
    status = get_map(firmware, map);
    return EFI_ERROR(status) ? firmware_report(firmware, L"GetMemoryMap", status) : status;
}

/* The firmware's console may be gone by now, the serial port is there or not. */
static EFI_STATUS report_stuck(EFI_STATUS status)
{
    serial_last_words("Janus: ExitBootServices failed every time, returning to the firmware");
    return status;
}

static void keep_map(const struct efi_map *map, struct boot_info *info)
{
    struct span bytes = span_of(map->descriptors, map->size_bytes);

    info->raw_map.kind = RAW_MAP_EFI;
    info->raw_map.paddr = (uint64_t)(uintptr_t)map->descriptors;
    info->raw_map.entry_size_bytes = (uint32_t)map->descriptor_size;
    info->raw_map.num_entries =
        efi_memory_map_read(bytes, map->descriptor_size, &info->memory_map, &memory_map_work);
    if (map->descriptors != (void *)raw_map_buffer)
        memory_map_add(&info->memory_map, &memory_map_work, info->raw_map.paddr, map->room_bytes,
                       MEMORY_KERNEL);
}

EFI_STATUS leave_boot_services(const struct firmware *firmware, struct boot_info *info)
{
    struct efi_map map = {.descriptors = (void *)raw_map_buffer, .room_bytes = RAW_MAP_BYTES};
    EFI_STATUS status = get_first_map(firmware, &map);

    if (EFI_ERROR(status))
        return status;
    for (uint32_t tries = 1; tries <= MAX_TRIES; tries++) {
        status = firmware->boot->ExitBootServices(firmware->image, map.key);
        if (!EFI_ERROR(status)) {
            info->exit_boot_services_tries = tries;
            interrupts_off();
            keep_map(&map, info);
            return EFI_SUCCESS;
        }
        EFI_STATUS map_status = get_map(firmware, &map);
        if (EFI_ERROR(map_status))
            return report_stuck(map_status);
    }
    return report_stuck(status);
}
