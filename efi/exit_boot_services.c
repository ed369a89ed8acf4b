/*
 * exit_boot_services.c - the memory map, and the way out (UEFI 2.10, 7.2.3 and 7.4.6).
 *
 * The map may change between GetMemoryMap and ExitBootServices, because the firmware's own handlers of the
 * event allocate; then the key is stale and both must be called again. After the first try only memory
 * services may be called, nothing is allocated and nothing printed. So the room is made beforehand.
 */
#include "efi/boot_services.h"
#include "kernel/cpu/cpu.h"
#include "kernel/console/serial.h"

#define MAX_TRIES   16
#define SLACK_BYTES (UINTN)16384 /* what the map may grow by between two calls */

static EFI_STATUS get_map(const struct firmware *firmware, struct efi_map *map)
{
    map->size_bytes = map->room_bytes;
    return firmware->boot->GetMemoryMap(&map->size_bytes, map->descriptors, &map->key, &map->descriptor_size,
                                        &map->descriptor_version);
}

/* The first GetMemoryMap, into the room there is, or into room `made` for a map that is too large for it. */
static EFI_STATUS get_first_map(const struct firmware *firmware, struct efi_map *map, void **made)
{
    EFI_STATUS status = get_map(firmware, map);

    if (status == EFI_BUFFER_TOO_SMALL) {
        map->room_bytes = map->size_bytes + SLACK_BYTES;
        status = firmware->boot->AllocatePool(EfiLoaderData, map->room_bytes, made);
        if (EFI_ERROR(status))
            return firmware_report(firmware, L"AllocatePool for the memory map", status);
        map->descriptors = *made;
        status = get_map(firmware, map);
    }
    return EFI_ERROR(status) ? firmware_report(firmware, L"GetMemoryMap", status) : status;
}

/* The firmware's console may be gone once it has been tried, the serial port is there or not. */
static EFI_STATUS exit_at_last(const struct firmware *firmware, struct efi_map *map)
{
    EFI_STATUS status = EFI_SUCCESS, map_status = EFI_SUCCESS;

    for (map->num_tries = 1; map->num_tries <= MAX_TRIES && !EFI_ERROR(map_status); map->num_tries++) {
        status = firmware->boot->ExitBootServices(firmware->image, map->key);
        if (!EFI_ERROR(status))
            return status;
        map_status = get_map(firmware, map);
    }
    serial_last_words("Janus: ExitBootServices failed every time, returning to the firmware");
    return EFI_ERROR(map_status) ? map_status : status;
}

EFI_STATUS leave_boot_services(const struct firmware *firmware, struct efi_map *map)
{
    void *made = NULL;
    EFI_STATUS status = get_first_map(firmware, map, &made);

    if (!EFI_ERROR(status))
        status = exit_at_last(firmware, map);
    if (!EFI_ERROR(status))
        interrupts_off();
    else if (made != NULL)
        firmware->boot->FreePool(made); /* memory services work even then (UEFI 2.10, 7.4.6) */
    return status;
}
