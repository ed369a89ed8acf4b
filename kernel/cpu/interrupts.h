/*
 * interrupts.h - interrupts: who handles which vector, and what comes uninvited.
 *
 * A handler is a function behind interrupt_set(), interrupt_claim() or interrupt_route_isa(). It runs on the
 * CPU that was interrupted, on the stack of what it interrupted, with interrupts off; it returns soon and
 * waits for nothing that another CPU or another interrupt has to do. The end of interrupt is sent behind it,
 * here. Interrupts are on only while somebody waits for one (timer.h, cpu.h).
 *
 *   0x00-0x1f  exceptions, which end in a panic (traps.h)
 *   0x20-0x2f  the PICs, all masked: only spurious ones come
 *   0x30-0xef  handed out by interrupt_claim(), from below
 *   0xf0-0xfe  for interrupt_set(): what every CPU must know by its number
 *   0xff       spurious interrupts of the APIC
 */
#ifndef KERNEL_INTERRUPTS_H
#define KERNEL_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

#define INTERRUPT_FIRST_CLAIMED 0x30u
#define INTERRUPT_FIRST_FIXED   0xf0u
#define INTERRUPT_LAST_FIXED    0xfeu

/* What came although nobody handles it, since the start, on all CPUs. None of it is a reason to stop. */
struct interrupt_counts {
    uint32_t unexpected;    /* a vector without a handler */
    uint32_t last_vector;   /* of those */
    uint32_t spurious_apic; /* the APIC had nothing left to deliver */
    uint32_t spurious_pic;  /* a PIC likewise */
};

extern struct interrupt_counts interrupt_counts;

/* Makes interrupts ready, all of them masked: PICs, local APIC. Once, on the CPU that booted, interrupts off.
 */
void interrupts_init(void);

/* True if interrupts can come at all: there is a local APIC. */
bool interrupts_work(void);

/* True if the machine has the two PICs, which are masked. */
bool interrupts_have_pic(void);

/*
 * Makes `handler` the one of `vector` (INTERRUPT_FIRST_CLAIMED to INTERRUPT_LAST_FIXED), to be called with
 * `context`. False if the vector is out of this range or has a handler.
 */
bool interrupt_set(uint32_t vector, void (*handler)(void *context), void *context);

/* The same with a vector that is free, which it returns; 0 if there is none. */
uint32_t interrupt_claim(void (*handler)(void *context), void *context);

/* Takes the handler away again. Its source must have been silenced before. */
void interrupt_release(uint32_t vector);

/*
 * The same for an interrupt of a device: claims a vector and lets ISA interrupt `irq` (0 to 15) come at it,
 * to this CPU. False if there is no I/O APIC with that input, it is in use, or there is no vector left.
 */
bool interrupt_route_isa(uint32_t irq, void (*handler)(void *context), void *context);

/* Silences it and takes the handler away. */
void interrupt_unroute_isa(uint32_t irq);

/* Calls the handler of a vector that is no exception, or counts it, and ends it. By trap(). */
void interrupt_dispatch(uint32_t vector);

#endif
