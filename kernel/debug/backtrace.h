/*
 * backtrace.h - the chain of calls that led here.
 */
#ifndef KERNEL_BACKTRACE_H
#define KERNEL_BACKTRACE_H

#include <stdint.h>

#include "kernel/cpu/traps.h"

/*
 * Prints the call that returns to `return_address`, then the callers found through the frame pointer `rbp`,
 * by name, as far as they lie on a stack of some CPU and each above the one before, and at most as many as a
 * small screen has room for. Says where the chain is broken.
 */
void backtrace_print(uint64_t return_address, uint64_t rbp);

/* The same for what a trap interrupted, which may be a function that has no frame, or none yet. */
void backtrace_print_trap(const struct trap_frame *frame);

/* Prints one line: the address of an instruction, and its function. */
void backtrace_print_address(uint64_t rip);

#endif
