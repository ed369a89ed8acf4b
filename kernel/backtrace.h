/*
 * backtrace.h - the chain of calls that led here.
 */
#ifndef KERNEL_BACKTRACE_H
#define KERNEL_BACKTRACE_H

#include <stdint.h>

/* Prints `rip`, then the callers found through the frame pointer `rbp`, by name; only the kernel's own stack.
 */
void backtrace_print(uint64_t rip, uint64_t rbp);

#endif
