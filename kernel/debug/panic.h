/*
 * panic.h - the end: what cannot happen has happened.
 */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include "kernel/cpu/traps.h"

/*
 * Says on every console why the kernel stops, with the call chain by function name, and halts; with the
 * command-line word `exit` it leaves QEMU with DEBUG_EXIT_PANIC. A panic inside a panic only halts.
 */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for an exception or interrupt, with the registers. */
_Noreturn void panic_trap(const struct trap_frame *frame);

#endif
