/*
 * traps.h - exceptions and interrupts (Intel SDM vol. 3A, chapter 6).
 */
#ifndef KERNEL_TRAPS_H
#define KERNEL_TRAPS_H

#include <stdint.h>

enum trap_vector {
    TRAP_NMI = 2,
    TRAP_DOUBLE_FAULT = 8,
    TRAP_INVALID_TSS = 10,
    TRAP_NOT_PRESENT = 11,
    TRAP_STACK_SEGMENT = 12,
    TRAP_GENERAL_PROTECTION = 13,
    TRAP_PAGE_FAULT = 14,
    TRAP_MACHINE_CHECK = 18,
};

/* As trap_entry.S pushes it; the last five are the CPU's own. */
struct trap_frame {
    uint64_t vector;
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t error_code; /* 0 where the exception has none */
    uint64_t rip, cs, rflags, rsp, ss;
};

_Static_assert(sizeof(struct trap_frame) == 22 * 8, "trap_entry.S pushes 22 quadwords");

#define NUM_VECTORS     256u
#define NUM_EXCEPTIONS  32u
#define TRAP_STUB_BYTES 8u

/* Fills and loads the IDT for exceptions, which end in panic_trap(). After segments_init(). */
void traps_init(void);

/* Adds entries for `num` vectors from `first` on, which follow those there are: stubs as in trap_entry.S, one
 * behind the other. What they push arrives in interrupt_dispatch(). */
void traps_set(uint32_t first, uint32_t num, const uint8_t *stubs);

/* Loads the IDT, on another CPU or after a change. */
void traps_load(void);

/* "page fault" for 14; for exceptions, vectors 0 to 31. */
const char *trap_name(uint64_t vector);

#endif
