/*
 * words.c - what the command line asks for after the report, in the order it is done.
 *
 * One row, one word. `exit` is no row: it says how the kernel ends (debug/debug_exit.h).
 */
#include "kernel/words.h"

#include <stddef.h>

#include "kernel/boot/boot_info.h"
#include "kernel/debug/trial.h"
#include "kernel/devices/input.h"
#include "kernel/devices/power.h"
#include "kernel/lib/cmdline.h"
#include "kernel/memory/reclaim.h"
#include "kernel/report/acpi_list.h"
#include "kernel/report/print_log.h"
#include "kernel/report/scroll.h"
#include "kernel/tests/self_test.h"

static const struct {
    const char *name;
    void (*run)(struct span value); /* what follows the `=`, empty if nothing does */
} words[] = {
    {"acpi", acpi_list_run},  {"log", print_log_run},       {"scroll", scroll_run},
    {"test", self_test_run},  {"keys", input_keys_run},     {"trial", trial_run},
    {"reclaim", reclaim_run}, {"reboot", power_reboot_run}, {"poweroff", power_off_run},
};

void words_run(void)
{
    struct span line = span_of(boot_info.cmdline, sizeof boot_info.cmdline);
    struct span value;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (cmdline_find(line, words[i].name, &value))
            words[i].run(value);
    }
}
