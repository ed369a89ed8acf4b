/*
 * efi_loaders.c - loaders that were UEFI applications, enter in 64-bit mode and leave boot services alive.
 *
 * Entered from entry.S on the firmware's stack, with everything as the firmware maps it, .bss clear. Leaves
 * through efi_enter(): the rest is the UEFI route's.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/debug/stack_guard.h"
#include "kernel/firmware/efi_entry.h"
#include "kernel/console/serial.h"
#include "kernel/lib/string.h"
#include "legacy/boot_params.h"
#include "legacy/multiboot2.h"

_Noreturn void multiboot2_efi_main(uint64_t told_paddr);
_Noreturn void linux_efi_main(uint64_t image_handle, uint64_t system_table, uint64_t boot_params);

/* The firmware maps all memory where it is. */
static struct span memory(uint64_t paddr, size_t n)
{
    return span_of((const void *)(uintptr_t)paddr, paddr == 0 ? 0 : n);
}

/* For what is taken here: text. The map and the tables are the firmware's to tell. */
static void prepare(struct reader *r)
{
    memset(r, 0, sizeof *r);
    r->memory = memory;
    r->info = &boot_info;
}

_Noreturn void multiboot2_efi_main(uint64_t told_paddr)
{
    struct reader reader;
    struct multiboot2 told;

    stack_guard_seed();
    prepare(&reader);
    boot_info_begin(BOOT_ENTRY_MULTIBOOT2_EFI);
    multiboot2_take_words(&reader, told_paddr, &told);
    if (told.efi_image_handle == 0 || told.efi_system_table == 0) {
        serial_last_words("Janus: the loader told no EFI image handle or system table, halted");
        halt_forever();
    }
    efi_enter(told.efi_image_handle, told.efi_system_table);
}

_Noreturn void linux_efi_main(uint64_t image_handle, uint64_t system_table, uint64_t boot_params)
{
    struct reader reader;

    stack_guard_seed();
    prepare(&reader);
    boot_info_begin(BOOT_ENTRY_LINUX_EFI);
    boot_params_take_words(&reader, memory(boot_params, BOOT_PARAMS_BYTES));
    efi_enter(image_handle, system_table);
}
