/*
 * kernel_stack.h - stacks for whoever runs beside the boot: other CPUs, interrupts.
 */
#ifndef KERNEL_KERNEL_STACK_H
#define KERNEL_KERNEL_STACK_H

#include <stddef.h>

#include "kernel/cpu/this_cpu.h"

/*
 * A stack of at least `size_bytes`, whole pages, with nothing mapped on the page below it and on the page
 * above. Its top is a multiple of 4096, and below it lies any bytes. base == top == 0 if there is no memory.
 */
struct stack kernel_stack_new(size_t size_bytes);

/* Gives a stack of kernel_stack_new()'s back. Nobody runs on it. */
void kernel_stack_free(struct stack stack);

#endif
