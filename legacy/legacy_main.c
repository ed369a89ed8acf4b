/*
 * legacy_main.c - the end of every route on which a loader has gathered what there is to know.
 *
 * Entered from entry.S in 64-bit mode on the kernel's stack, at the physical address a loader chose, with
 * the image mapped where it is. Leaves through handoff().
 */
#include "kernel/firmware/acpi.h"
#include "kernel/boot/boot_info.h"
#include "kernel/cpu/cpu.h"
#include "kernel/debug/stack_guard.h"
#include "kernel/boot/handoff.h"
#include "kernel/boot/section.h"
#include "kernel/console/serial.h"
#include "kernel/firmware/smbios.h"
#include "legacy/boot_params.h"
#include "legacy/entry.h"
#include "legacy/low_memory.h"
#include "legacy/multiboot.h"
#include "legacy/multiboot2.h"

/* BIOS data area and the areas it speaks of (IBM PC/AT technical reference; ACPI 6.5, 5.2.5.1). */
#define BDA_SERIAL_PORTS 0x400u
#define BDA_EBDA_SEGMENT 0x40eu
#define EBDA_LOWEST      0x80000u
#define EBDA_END         0xa0000u
#define BIOS_ROM_PADDR   0xe0000u
#define BIOS_ROM_BYTES   0x20000u

_Noreturn void legacy_main(uint64_t told_paddr, uint64_t entry_tsc, uint32_t entry);

static uint8_t rsdp_copy[RSDP_BYTES], smbios_copy[SMBIOS_ENTRY_BYTES];

static void find_bios_areas(void)
{
    uint64_t ebda = (uint64_t)load16(BDA_EBDA_SEGMENT) << 4;

    if (ebda >= EBDA_LOWEST && ebda < EBDA_END) {
        boot_info.ebda_paddr = ebda;
        boot_info.ebda_bytes = EBDA_END - ebda;
    }
    boot_info.bios_rom_paddr = BIOS_ROM_PADDR;
    boot_info.bios_rom_bytes = BIOS_ROM_BYTES;
    for (uint32_t i = 0; i < BOOT_NUM_SERIAL_PORTS; i++)
        boot_info.serial_ports[i] = load16(BDA_SERIAL_PORTS + 2 * i);
}

/*
 * Loaders older than Multiboot's framebuffer leave the screen as the BIOS had it and say nothing. Whether
 * there is a VGA in text mode the kernel asks the VGA itself, before it prints anything there.
 */
static void assume_vga_text(void)
{
    struct display *d = &boot_info.display;

    if (d->kind != DISPLAY_NONE || boot_info.route == BOOT_ROUTE_UEFI)
        return;
    d->kind = DISPLAY_VGA_TEXT;
    d->width = 80;
    d->height = 25;
    d->paddr = 0xb8000;
}

/* Field by field: a structure in initialised data would hold absolute addresses. */
static void prepare(struct reader *r)
{
    r->memory = low_memory;
    r->info = &boot_info;
    r->work = &memory_map_work;
    r->raw_map = raw_map_buffer;
    r->rsdp_copy = rsdp_copy;
    r->smbios_copy = smbios_copy;
}

static void take(const struct reader *r, uint64_t told_paddr, uint32_t entry)
{
    switch (entry) {
    case ENTRY_MULTIBOOT1:
        boot_info_begin(BOOT_ENTRY_MULTIBOOT1);
        multiboot_take(r, told_paddr);
        break;
    case ENTRY_MULTIBOOT2:
        boot_info_begin(BOOT_ENTRY_MULTIBOOT2);
        multiboot2_take(r, told_paddr);
        break;
    default:
        boot_info_begin(entry == ENTRY_LINUX_64 ? BOOT_ENTRY_LINUX_64 : BOOT_ENTRY_LINUX_32);
        boot_params_read(r, low_memory(told_paddr, BOOT_PARAMS_BYTES));
        break;
    }
    reader_end(r);
}

/* Without memory there is no place for page tables, and without them no kernel that could say so. */
static void check_map(void)
{
    if (boot_info.raw_map.kind != RAW_MAP_NONE)
        return;
    serial_last_words("Janus: the loader told no memory map, halted");
    halt_forever();
}

_Noreturn void legacy_main(uint64_t told_paddr, uint64_t entry_tsc, uint32_t entry)
{
    struct reader reader;

    stack_guard_seed();
    low_memory_begin();
    prepare(&reader);
    take(&reader, told_paddr, entry);
    check_map();
    boot_info.image_paddr = (uint64_t)(uintptr_t)image_start;
    boot_info.image_bytes = (uint64_t)(image_end - image_start);
    boot_info.raw_map.paddr = (uint64_t)(uintptr_t)raw_map_buffer;
    if (boot_info.timeline[BOOT_STEP_ENTRY] == 0)
        boot_info.timeline[BOOT_STEP_ENTRY] = entry_tsc;
    if (boot_info.timeline[BOOT_STEP_MAP] == 0)
        boot_info.timeline[BOOT_STEP_MAP] = rdtsc();
    if (entry == ENTRY_MULTIBOOT1 || entry == ENTRY_MULTIBOOT2)
        assume_vga_text();
    if (boot_info.route != BOOT_ROUTE_UEFI)
        find_bios_areas();
    handoff(LOW_MEMORY_MAPPED);
}
