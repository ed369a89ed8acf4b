/*
 * ioapic.h - the I/O APICs (Intel 82093AA data sheet), by which interrupts of devices come to a CPU.
 *
 * The machine numbers their inputs through as global system interrupts (GSI, ACPI 6.5, 5.2.13). The 16
 * interrupts of the ISA bus arrive at the GSIs of the same numbers but where the MADT overrides it.
 */
#ifndef KERNEL_IOAPIC_H
#define KERNEL_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

/* An input, and the signal on it. */
struct ioapic_input {
    uint32_t gsi;
    bool is_active_low, is_level; /* ISA: neither */
};

/*
 * Takes I/O APICs and overrides from a MADT, which may be empty, and masks every input. Entries that cannot
 * be are left out: no such device, more inputs than there can be, an override of no ISA interrupt.
 */
void ioapic_init(struct span madt);

/* How many I/O APICs there are, and how many inputs they have together. */
uint32_t ioapic_count(void);
uint32_t ioapic_num_inputs(void);

/* Where ISA interrupt `irq` (0 to 15) arrives. */
struct ioapic_input ioapic_isa_input(uint32_t irq);

/*
 * Lets an input interrupt the CPU with APIC ID `apic_id` at `vector`. False if no I/O APIC has the input, it
 * goes somewhere already, or the ID is one that cannot be addressed (above 254).
 */
bool ioapic_route(const struct ioapic_input *input, uint32_t vector, uint32_t apic_id);

/* Masks the input again. The vector it went to; 0 if it went nowhere. */
uint32_t ioapic_mask(uint32_t gsi);

/* A redirection entry: vector, polarity, trigger mode, destination; not masked. */
uint64_t ioapic_entry(const struct ioapic_input *input, uint32_t vector, uint32_t apic_id);

#endif
