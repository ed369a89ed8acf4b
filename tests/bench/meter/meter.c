/*
 * meter.c - counts the instructions of a boot in QEMU, from the subject's first one on, the same on every
 * run.
 *
 * A TCG plugin for the QEMU 7.2 of Debian 12; what is measured is unchanged. Every instruction adds one to a
 * counter of the code it belongs to: the firmware's, or the subject's own (boot sector, loader, kernel). A
 * repeated string instruction counts once for each repetition, as in QEMU's own count. Nothing depends on the
 * host: virtual time advances with instructions (-icount), and while a disk request is on its way, or work
 * that a device has left to QEMU's main loop, the CPU is held (qemu.c), so that loops which poll a device
 * always take the same number of turns.
 *
 * Events: `start`, the subject's first instruction (BIOS: 0x7c00; UEFI: the entry point of the PE file).
 * `banner`, the first character of it on the screen (screen.c). `pixel`, the first one. `serial`, the first
 * byte by own code; `ready`, the first byte of the line that ends the report. `watch NAME`, the first
 * execution of an address. `call`, if asked for: each call of the firmware. At an event the machine is held
 * until the driver answers (events.c).
 *
 * Only from the start on everything is counted; before it blocks only hold the CPU, so that the firmware is
 * quick.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meter.h"
#include "qemu_plugin.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

bool is_uefi;
int icount_shift;

void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "meter: ");
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    _exit(97);
}

static void cpu_made(uint64_t id, unsigned cpu)
{
    (void)id;
    if (cpu == 0)
        qemu_find_disks();
}

/* Where the entry point lies in its page, and its first bytes: OFFSET:HEX. */
static void set_entry(const char *value)
{
    int at = 0;

    is_uefi = true;
    sscanf(value, "%" SCNx64 ":%n", &entry_offset, &at);
    for (size_t i = 0; i < ENTRY_BYTES; i++) {
        if (sscanf(value + at + 2 * i, "%2hhx", &entry_bytes[i]) != 1)
            die("entry point of fewer than %u bytes", ENTRY_BYTES);
    }
}

/* NAME:ADDRESS */
static void set_watch(char *value)
{
    char *colon = strchr(value, ':');

    if (colon == NULL)
        die("watch %s has no address", value);
    *colon = 0;
    add_watch(value, strtoull(colon + 1, NULL, 16));
}

static void set_option(const char *name, char *value)
{
    if (strcmp(name, "events") == 0)
        event_fd = atoi(value);
    else if (strcmp(name, "replies") == 0)
        reply_fd = atoi(value);
    else if (strcmp(name, "shift") == 0)
        icount_shift = atoi(value);
    else if (strcmp(name, "entry") == 0)
        set_entry(value);
    else if (strcmp(name, "banner") == 0)
        banner = value;
    else if (strcmp(name, "serial") == 0)
        serial_path = value;
    else if (strcmp(name, "ready") == 0)
        ready_text = value;
    else if (strcmp(name, "watch") == 0)
        set_watch(value);
    else if (strcmp(name, "calls") == 0)
        tell_calls = true;
    else if (strcmp(name, "loads") == 0)
        count_loads = true;
    else if (strcmp(name, "profile") == 0)
        profile_path = value;
    else
        die("no option %s", name);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int num_options,
                                           char **options)
{
    if (!info->system_emulation || info->system.max_vcpus != 1)
        die("a machine with one CPU, please");
    for (int i = 0; i < num_options; i++) {
        char *option = strdup(options[i]), *equals = strchr(option, '=');

        if (equals == NULL)
            die("no option %s", option);
        *equals = 0;
        set_option(option, equals + 1);
    }
    qemu_find_symbols();
    qemu_plugin_register_vcpu_init_cb(id, cpu_made);
    qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
    return 0;
}
