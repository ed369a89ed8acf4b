/*
 * efi_main.c - the UEFI route (UEFI 2.10, 4.1).
 *
 * Entered by the firmware in 64-bit mode, interrupts on, identity-mapped, with the Microsoft calling
 * convention, or by a loader that was entered so, through efi_entry.h. Gathers what only the firmware knows,
 * leaves boot services and ends in handoff(); what fails before that is said on the firmware's console and
 * returned to it.
 */
#include "efi/boot_services.h"
#include "kernel/cpu/cpu.h"
#include "kernel/debug/stack_guard.h"
#include "kernel/firmware/efi_entry.h"
#include "kernel/memory/efi_memory_map.h"
#include "kernel/firmware/efi_system_table.h"
#include "kernel/boot/handoff.h"
#include "kernel/boot/section.h"
#include "kernel/lib/string.h"

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

static void gather_image(struct boot_info *info)
{
    info->image_paddr = (uint64_t)(uintptr_t)image_start;
    info->image_bytes = (uint64_t)(image_end - image_start);
}

/* Memory as the firmware maps it: every address where it is. */
static struct span firmware_memory(uint64_t paddr, size_t n)
{
    return span_of((const void *)(uintptr_t)paddr, paddr != 0 ? n : 0);
}

static void gather_firmware(const struct firmware *firmware, struct boot_info *info)
{
    efi_system_table_read((uint64_t)(uintptr_t)firmware->system, 64, firmware_memory, info);
}

static void take_map(const struct efi_map *map, struct boot_info *info)
{
    struct span bytes = span_of(map->descriptors, map->size_bytes);

    info->exit_boot_services_tries = map->num_tries;
    info->raw_map.kind = RAW_MAP_EFI;
    info->raw_map.paddr = (uint64_t)(uintptr_t)map->descriptors;
    info->raw_map.entry_size_bytes = (uint32_t)map->descriptor_size;
    info->raw_map.num_entries =
        efi_memory_map_read(bytes, map->descriptor_size, &info->memory_map, &memory_map_work);
    if (map->descriptors != (void *)raw_map_buffer)
        memory_map_add(&info->memory_map, &memory_map_work, info->raw_map.paddr, map->room_bytes,
                       MEMORY_KERNEL);
}

/* Returns only if boot services could not be left: with the firmware's status. */
static EFI_STATUS gather_and_leave(struct firmware *firmware)
{
    struct efi_map map = {.descriptors = (void *)raw_map_buffer, .room_bytes = RAW_MAP_BYTES};

    boot_info.route = BOOT_ROUTE_UEFI;
    firmware->boot->SetWatchdogTimer(0, 0, 0, NULL);

    gather_image(&boot_info);
    gather_loaded_image(firmware);
    gather_firmware(firmware, &boot_info);
    boot_info.secure_boot = gather_secure_boot(firmware);
    if (firmware->loader_words == NULL)
        gather_loader(firmware, &boot_info);
    gather_command_line(firmware, &boot_info);
    gather_display(firmware, &boot_info.display);

    EFI_STATUS status = leave_boot_services(firmware, &map);
    if (EFI_ERROR(status))
        return status;
    take_map(&map, &boot_info);
    boot_info.timeline[BOOT_STEP_MAP] = rdtsc();
    handoff(UINT64_C(1) << 32);
}

NO_STACK_GUARD EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    uint64_t entry_tsc = rdtsc();
    struct firmware firmware = {.image = image, .system = system, .boot = system->BootServices};

    stack_guard_seed();
    boot_info_begin(BOOT_ENTRY_UEFI_APPLICATION);
    boot_info.timeline[BOOT_STEP_ENTRY] = entry_tsc;
    return gather_and_leave(&firmware);
}

_Noreturn void efi_enter(uint64_t image_handle, uint64_t system_table)
{
    EFI_SYSTEM_TABLE *system = (void *)system_table;
    char words[BOOT_CMDLINE_BYTES];
    struct firmware firmware = {
        .image = (void *)image_handle, .system = system, .boot = system->BootServices, .loader_words = words};

    boot_info.timeline[BOOT_STEP_ENTRY] = rdtsc();
    memcpy(words, boot_info.cmdline, sizeof words);
    boot_info.cmdline[0] = 0; /* the words of \janus.cfg come first */
    firmware.boot->Exit(firmware.image, gather_and_leave(&firmware), 0, NULL);
    halt_forever();
}
