/*
 * legacy_main.c - the end of every route that comes with a boot_params page.
 *
 * Entered from entry.S in 64-bit mode on the kernel's stack, at the physical address a loader chose, with
 * the image mapped where it is. Leaves through handoff().
 */
#include "kernel/boot_info.h"
#include "kernel/cpu.h"
#include "kernel/handoff.h"
#include "kernel/section.h"
#include "legacy/boot_params.h"
#include "legacy/low_memory.h"

/* BIOS data area and the areas it speaks of (IBM PC/AT technical reference; ACPI 6.5, 5.2.5.1). */
#define BDA_EBDA_SEGMENT 0x40eu
#define EBDA_LOWEST      0x80000u
#define EBDA_END         0xa0000u
#define BIOS_ROM_PADDR   0xe0000u
#define BIOS_ROM_BYTES   0x20000u

_Noreturn void legacy_main(uint64_t boot_params, uint64_t entry_tsc);

static void find_bios_areas(void)
{
    uint64_t ebda = (uint64_t)load16(BDA_EBDA_SEGMENT) << 4;

    if (ebda >= EBDA_LOWEST && ebda < EBDA_END) {
        boot_info.ebda_paddr = ebda;
        boot_info.ebda_bytes = EBDA_END - ebda;
    }
    boot_info.bios_rom_paddr = BIOS_ROM_PADDR;
    boot_info.bios_rom_bytes = BIOS_ROM_BYTES;
}

_Noreturn void legacy_main(uint64_t boot_params, uint64_t entry_tsc)
{
    low_memory_begin();
    boot_info_begin(BOOT_ROUTE_BIOS);
    boot_info.image_paddr = (uint64_t)(uintptr_t)image_start;
    boot_info.image_bytes = (uint64_t)(image_end - image_start);
    boot_info.raw_map.paddr = (uint64_t)(uintptr_t)raw_map_buffer;
    boot_params_read(low_memory(boot_params, BOOT_PARAMS_BYTES), low_memory, &boot_info, &memory_map_work,
                     raw_map_buffer);
    if (boot_info.timeline[BOOT_STEP_ENTRY] == 0)
        boot_info.timeline[BOOT_STEP_ENTRY] = entry_tsc;
    if (boot_info.timeline[BOOT_STEP_MAP] == 0)
        boot_info.timeline[BOOT_STEP_MAP] = rdtsc();
    if (boot_info.efi_system_table == 0)
        find_bios_areas();
    handoff(LOW_MEMORY_MAPPED);
}
