/*
 * panic.h - the end: what cannot happen has happened.
 *
 * Says on every console why the kernel stops and halts; with the command-line word `exit` it leaves QEMU with
 * DEBUG_EXIT_PANIC. It trusts nothing: it takes the console from whoever is printing, prints in steps, and a
 * trap in one of them costs the rest of that step only. A third trap ends it at once. Of several CPUs the
 * first to panic speaks, the others are halted. Before the late part of the kernel is there (late.h) it says
 * less.
 *
 * Printed are, so that what matters most is at the end of a small screen: the last lines of the log with
 * their time; a headline; the cause, in words; the registers; the chain of calls by name.
 */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include "kernel/cpu/traps.h"

_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For an exception or interrupt. */
_Noreturn void panic_trap(const struct trap_frame *frame);

#endif
