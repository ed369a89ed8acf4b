/*
 * main.c - the boot, as a list.
 */
#include "kernel/main.h"

#include "kernel/memory/address_space.h"
#include "kernel/memory/kernel_map.h"
#include "kernel/memory/pages.h"
#include "kernel/boot/boot_info.h"
#include "kernel/console/console.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/debug/debug_exit.h"
#include "kernel/devices/pci.h"
#include "kernel/devices/serial_port.h"
#include "kernel/devices/input.h"
#include "kernel/boot/handoff.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/firmware/firmware_tables.h"
#include "kernel/firmware/madt.h"
#include "kernel/boot/image.h"
#include "kernel/boot/late.h"
#include "kernel/report/report.h"
#include "kernel/cpu/segments.h"
#include "kernel/cpu/smp_start.h"
#include "kernel/cpu/timer.h"
#include "kernel/report/timeline.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/traps.h"
#include "kernel/words.h"

/* Code that is not what was built must not be run any further. */
static void check_image(void)
{
    struct image_check check;

    if (image_is_intact(&check))
        return;
    console_set_color(COLOR_WHITE, COLOR_RED);
    printk("image is damaged: CRC-32 of its read-only part is %08x, built with %08x\n", check.computed,
           check.expected);
    printk("Copy the file again. Halted.\n");
    console_flush();
    debug_exit(DEBUG_EXIT_DAMAGED);
    halt_forever();
}

/* Where the handoff mapped the display. */
static volatile void *display_memory(void)
{
    if (boot_info.display.kind == DISPLAY_VGA_TEXT)
        return (volatile void *)(uintptr_t)(VGA_BASE + VGA_TEXT_OFFSET);
    return (volatile void *)(uintptr_t)(DISPLAY_BASE + boot_info.display.paddr % PAGE_BYTES);
}

_Noreturn void kernel_main(void)
{
    timeline_mark(BOOT_STEP_KERNEL);
    handoff_end();                                      /* the old address space is gone */
    segments_init();                                    /* descriptor tables of our own */
    traps_init();                                       /* every exception ends in a panic */
    console_init(&boot_info.display, display_memory()); /* serial and screen, as far as there are any */
    report_banner();                                    /* the first line */
    check_image();                                      /* before anything else runs */
    late_unpack();                                      /* all that comes from here on */
    features_enable();                                  /* what else this CPU has for protection */
    kernel_map_init();                                  /* room for more page tables */
    firmware_tables_init();                             /* ACPI and SMBIOS */
    pages_init();                                       /* from here on there is memory to be had */
    serial_port_choose();                               /* the one the firmware means */
    pci_init();                                         /* what is on the buses */
    interrupts_init();                                  /* all masked, none lost without a word */
    clock_init();                                       /* how fast the time stamp counter runs */
    timer_init();                                       /* interrupts that come by themselves */
    smp_start(acpi_find(MADT_SIGNATURE, 0));            /* every CPU; none is left in the firmware's code */
    input_init();                                       /* keyboard */
    report_machine();                                   /* what the firmware handed over */
    report_end();                                       /* "Janus ready" */
    words_run();                                        /* what else the command line asks for */
    debug_exit(DEBUG_EXIT_SUCCESS);
    halt_forever();
}
