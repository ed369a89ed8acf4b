/*
 * ia32_main.c - BOOTIA32.EFI: starts \EFI\BOOT\BOOTX64.EFI on a 64-bit CPU whose UEFI firmware is 32-bit.
 *
 * Such firmware cannot start the file itself. This is to it what the loader in the gap is to a BIOS: a loader
 * of the Linux boot protocol. It reads the file, asks the firmware what only that knows, fills boot_params,
 * leaves boot services and enters the file at its 32-bit entry, which goes to 64-bit mode.
 *
 * Entered by the firmware in 32-bit protected mode, flat, identity-mapped or without paging.
 */
#include "efi/ia32/ia32.h"
#include "kernel/cpu/cpu.h"
#include "legacy/boot_params.h"

#define FEATURE_LONG (1u << 29)
#define MAP_BYTES    32768

EFI_STATUS EFIAPI ia32_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

static uint8_t boot_params[BOOT_PARAMS_BYTES] __attribute__((aligned(16)));
static uint8_t map_buffer[MAP_BYTES] __attribute__((aligned(8)));
static struct boot_info info; /* as far as a loader fills it */

static bool has_long_mode(void)
{
    return cpuid(0x80000000, 0).eax >= 0x80000001 && (cpuid(0x80000001, 0).edx & FEATURE_LONG) != 0;
}

/* The kernel's protected-mode part, in its pages, and boot_params begun. The file itself is given back. */
static EFI_STATUS load_kernel(const struct firmware *firmware, struct pages *kernel)
{
    struct pages pages = {0, 0};
    struct span file;
    EFI_STATUS status = load_file(firmware, info.secure_boot == SECURE_BOOT_ON, &pages, &file);

    if (!EFI_ERROR(status))
        status = place_kernel(firmware, file, kernel, boot_params);
    pages_free(firmware, &pages);
    return status;
}

EFI_STATUS EFIAPI ia32_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    uint64_t entry_tsc = rdtsc();
    struct firmware firmware = {.image = image, .system = system, .boot = system->BootServices};
    struct efi_map map = {.descriptors = (void *)map_buffer, .room_bytes = MAP_BYTES};
    struct pages kernel = {0, 0};

    if (!has_long_mode())
        return firmware_report(&firmware, L"this CPU has no 64-bit mode, and the kernel needs it",
                               EFI_UNSUPPORTED);
    firmware.boot->SetWatchdogTimer(0, 0, 0, NULL);
    gather_loaded_image(&firmware);
    info.secure_boot = gather_secure_boot(&firmware);
    EFI_STATUS status = load_kernel(&firmware, &kernel);
    if (EFI_ERROR(status))
        return status;
    info.timeline[BOOT_STEP_LOADER] = entry_tsc;
    gather_command_line(&firmware, &info);
    gather_display(&firmware, &info.display);
    status = leave_boot_services(&firmware, &map);
    if (EFI_ERROR(status)) {
        pages_free(&firmware, &kernel);
        return status;
    }
    fill_params(boot_params, &info, system, &map);
    enter_file((uint32_t)kernel.paddr, boot_params);
}
