/*
 * traps.c - the interrupt descriptor table (Intel SDM vol. 3A, 6.14.1).
 */
#include "kernel/traps.h"

#include "kernel/panic.h"
#include "kernel/segments.h"

#define NUM_VECTORS    256
#define STUB_BYTES     8
#define GATE_INTERRUPT 0x8e00u /* present, ring 0, interrupts off */

struct gate {
    uint32_t low;  /* selector << 16 | offset 15..0 */
    uint32_t mid;  /* offset 31..16, GATE_INTERRUPT, stack table entry */
    uint32_t high; /* offset 63..32 */
    uint32_t reserved;
};

struct idt_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

extern const uint8_t trap_stubs[];
void trap(struct trap_frame *frame);

static struct gate idt[NUM_VECTORS];

static uint32_t vector_ist(uint32_t vector)
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

void traps_init(void)
{
    uint64_t stub = (uint64_t)(uintptr_t)trap_stubs;

    for (uint32_t vector = 0; vector < NUM_VECTORS; vector++) {
        idt[vector].low = SELECTOR_CODE << 16 | (uint32_t)(stub & 0xffff);
        idt[vector].mid = (uint32_t)(stub & 0xffff0000) | GATE_INTERRUPT;
        idt[vector].high = (uint32_t)(stub >> 32);
        stub += STUB_BYTES;
    }
    for (uint32_t vector = 0; vector < 32; vector++)
        idt[vector].mid |= vector_ist(vector);

    struct idt_pointer pointer = {sizeof idt - 1, (uint64_t)(uintptr_t)idt};
    __asm__ volatile("lidt %0" : : "m"(pointer));
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
    return vector < 32 ? "reserved exception" : "unexpected interrupt";
}

/* Called by trap_entry.S. Nothing comes back yet: no interrupt is expected. */
void trap(struct trap_frame *frame)
{
    panic_trap(frame);
}
