/*
 * report.c - the report: what the firmware handed over, on every console.
 */
#include "kernel/report/report.h"

#include "kernel/boot/boot_info.h"
#include "kernel/console/console.h"
#include "kernel/firmware/firmware_tables.h"
#include "kernel/report/lines.h"
#include "kernel/report/report_parts.h"
#include "kernel/report/timeline.h"

/* Thousands of time stamp counter ticks since the first step. */
static void report_timeline(void)
{
    static const char names[BOOT_NUM_STEPS][8] = {
        [BOOT_STEP_LOADER] = "loader",   [BOOT_STEP_ENTRY] = "entry",   [BOOT_STEP_MAP] = "map",
        [BOOT_STEP_HANDOFF] = "handoff", [BOOT_STEP_BANNER] = "banner", [BOOT_STEP_REPORT] = "report",
    };
    struct list list = {0};

    report_label("kilocycles");
    timeline_mark(BOOT_STEP_REPORT);
    uint64_t start = timeline_start();
    for (enum boot_step step = 0; step < BOOT_NUM_STEPS; step++) {
        uint64_t tsc = timeline_at(step);

        if (tsc == 0 || names[step][0] == 0)
            continue;
        list_item(&list, "%s %llu", names[step], (unsigned long long)(tsc - start) / 1000);
    }
    list_end(&list, "");
}

void report_machine(void)
{
    report_build();
    report_route();
    report_firmware(&firmware_tables);
    report_system(&firmware_tables);
    report_tables(&firmware_tables);
    report_cpu();
    report_cpus();
    report_clock();
    report_interrupts();
    report_protection();
    report_pci();
    report_screen();
    report_serial();
    report_input();
    report_memory();
    report_timeline();
}

void report_end(void)
{
    console_set_color(COLOR_LIGHT_GREEN, COLOR_BLACK);
    printk("Janus ready\n");
    console_set_color(COLOR_LIGHT_GRAY, COLOR_BLACK);
    console_flush();
}
