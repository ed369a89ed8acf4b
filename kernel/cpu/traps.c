/*
 * traps.c - the interrupt descriptor table (Intel SDM vol. 3A, 6.14.1).
 */
#include "kernel/cpu/traps.h"

#include "kernel/boot/late.h"
#include "kernel/debug/panic.h"
#include "kernel/boot/section.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/segments.h"
#include "kernel/cpu/smp.h"

#define GATE_INTERRUPT (UINT64_C(0x8e00) << 32) /* present, ring 0, interrupts off */
#define GATE_IST_SHIFT 32

struct gate {
    uint64_t low;  /* offset 31..16, type, stack table entry, selector, offset 15..0 */
    uint64_t high; /* offset 63..32 */
};

struct idt_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

extern const uint8_t trap_stubs[];
void trap(struct trap_frame *frame);

NOINIT static struct gate idt[NUM_VECTORS];
static uint32_t num_gates; /* that are filled */

static uint64_t vector_ist(uint32_t vector)
{
    switch (vector) {
    case TRAP_DOUBLE_FAULT:
        return IST_DOUBLE_FAULT;
    case TRAP_NMI:
        return IST_NMI;
    case TRAP_MACHINE_CHECK:
        return IST_MACHINE_CHECK;
    default:
        return IST_NONE;
    }
}

void traps_load(void)
{
    struct idt_pointer pointer = {(uint16_t)(num_gates * sizeof idt[0] - 1), (uint64_t)(uintptr_t)idt};

    __asm__ volatile("lidt %0" : : "m"(pointer));
}

void traps_set(uint32_t first, uint32_t num, const uint8_t *stubs)
{
    for (uint32_t vector = first; vector < first + num; vector++, stubs += TRAP_STUB_BYTES) {
        uint64_t stub = (uint64_t)(uintptr_t)stubs;

        idt[vector].low = (stub & 0xffff0000) << 32 | GATE_INTERRUPT | vector_ist(vector) << GATE_IST_SHIFT |
                          SELECTOR_CODE << 16 | (stub & 0xffff);
        idt[vector].high = stub >> 32;
    }
    num_gates = first + num;
    traps_load();
}

void traps_init(void)
{
    traps_set(0, NUM_EXCEPTIONS, trap_stubs);
}

const char *trap_name(uint64_t vector)
{
    static const char *const names[] = {
        "divide error",
        "debug exception",
        "non-maskable interrupt",
        "breakpoint",
        "overflow",
        "bound range exceeded",
        "invalid opcode",
        "device not available",
        "double fault",
        "coprocessor segment overrun",
        "invalid TSS",
        "segment not present",
        "stack-segment fault",
        "general protection",
        "page fault",
        "reserved exception 15",
        "x87 floating-point error",
        "alignment check",
        "machine check",
        "SIMD floating-point exception",
        "virtualization exception",
        "control protection exception",
    };
    if (vector < sizeof names / sizeof names[0])
        return names[vector];
    return "reserved exception";
}

/* Called by trap_entry.S. */
void trap(struct trap_frame *frame)
{
    if (frame->vector == TRAP_NMI && late_is_there())
        smp_stop_if_asked();
    if (frame->vector < NUM_EXCEPTIONS)
        panic_trap(frame);
    interrupt_dispatch((uint32_t)frame->vector);
}
