/*
 * banner.c - the first line.
 */
#include "kernel/boot/image.h"
#include "kernel/console/console.h"
#include "kernel/report/report.h"
#include "kernel/report/timeline.h"

void report_banner(void)
{
    console_set_color(COLOR_WHITE, COLOR_BLACK);
    printk("Janus " JANUS_VERSION);
    console_set_color(COLOR_LIGHT_GRAY, COLOR_BLACK);
    printk(", a kernel that is one file\n");
    timeline_mark(BOOT_STEP_BANNER);
}
