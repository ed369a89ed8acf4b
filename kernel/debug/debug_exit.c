/*
 * debug_exit.c - leaving QEMU with an exit code.
 */
#include "kernel/debug/debug_exit.h"

#include "kernel/boot/boot_info.h"
#include "kernel/lib/cmdline.h"
#include "kernel/cpu/cpu.h"

#define ISA_DEBUG_EXIT_PORT 0xf4

void debug_exit(enum debug_exit_code code)
{
    struct span value;

    if (cmdline_find(span_of(boot_info.cmdline, sizeof boot_info.cmdline), "exit", &value))
        out8(ISA_DEBUG_EXIT_PORT, (uint8_t)code);
}
