/*
 * fault.h - what a trap tells, in words (Intel SDM vol. 3A, chapter 6 and 4.7).
 */
#ifndef KERNEL_FAULT_H
#define KERNEL_FAULT_H

#include "kernel/cpu/traps.h"

/*
 * Prints what the error code, %cr2 and %rsp tell of the cause: the access, why it was refused and what lies
 * there; the segment or gate that was not to be used; what lies where the stack should be.
 */
void fault_print_cause(const struct trap_frame *frame);

/* Prints all registers, eight lines of at most 80 columns. */
void fault_print_registers(const struct trap_frame *frame);

#endif
