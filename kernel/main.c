/*
 * main.c - the boot, as a list.
 */
#include "kernel/main.h"

#include "kernel/address_space.h"
#include "kernel/boot_info.h"
#include "kernel/console.h"
#include "kernel/cpu.h"
#include "kernel/debug_exit.h"
#include "kernel/handoff.h"
#include "kernel/image.h"
#include "kernel/report.h"
#include "kernel/scroll.h"
#include "kernel/segments.h"
#include "kernel/timeline.h"
#include "kernel/traps.h"
#include "kernel/trial.h"

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
    traps_init();                                       /* every vector ends in a panic */
    console_init(&boot_info.display, display_memory()); /* serial and screen, as far as there are any */
    report_banner();                                    /* the first line */
    check_image();                                      /* before anything else runs */
    report_machine();                                   /* what the firmware handed over */
    report_end();                                       /* "Janus ready" */
    scroll_run();                                       /* many lines, if the command line asks for them */
    trial_run();                                        /* an exception, if the command line asks for one */
    debug_exit(DEBUG_EXIT_SUCCESS);
    halt_forever();
}
