/*
 * ioapic.c - the I/O APICs: an index register and a data register for each.
 */
#include "kernel/cpu/ioapic.h"

#include <stddef.h>

#include "kernel/boot/section.h"
#include "kernel/cpu/apic.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/firmware/madt.h"
#include "kernel/memory/kernel_map.h"

#define MAX_IOAPICS     64u
#define MAX_INPUTS      240u /* of one: its index register has 8 bits, an entry two registers from 0x10 on */
#define NUM_ISA         16u
#define REGISTERS_BYTES 0x20
#define INDEX           0 /* registers by their offset / 4 */
#define DATA            4
#define REG_VERSION     0x01u
#define REG_ENTRIES     0x10u
#define NOT_THERE       UINT32_MAX

#define ENTRY_VECTOR            0xffu
#define ENTRY_DELIVERY          0x700u
#define ENTRY_SMI               0x200u
#define ENTRY_ACTIVE_LOW        (UINT64_C(1) << 13)
#define ENTRY_LEVEL             (UINT64_C(1) << 15)
#define ENTRY_MASKED            (UINT64_C(1) << 16)
#define ENTRY_DESTINATION_SHIFT 56

struct ioapic {
    volatile uint32_t *registers;
    uint32_t first_gsi, num_inputs;
};

NOINIT static struct ioapic ioapics[MAX_IOAPICS];
static uint32_t num_ioapics;
static struct ioapic_input isa_inputs[NUM_ISA];
static struct spinlock lock = SPINLOCK("I/O APICs", LOCK_INTERRUPTS); /* index and data belong together */

static uint32_t read_register(const struct ioapic *ioapic, uint32_t reg)
{
    ioapic->registers[INDEX] = reg;
    return ioapic->registers[DATA];
}

static void write_register(const struct ioapic *ioapic, uint32_t reg, uint32_t value)
{
    ioapic->registers[INDEX] = reg;
    ioapic->registers[DATA] = value;
}

/* Masked while it is half of one and half of the other. */
static void write_entry(const struct ioapic *ioapic, uint32_t input, uint64_t entry)
{
    uint32_t reg = REG_ENTRIES + 2 * input;

    write_register(ioapic, reg, (uint32_t)ENTRY_MASKED);
    write_register(ioapic, reg + 1, (uint32_t)(entry >> 32));
    write_register(ioapic, reg, (uint32_t)entry);
}

uint64_t ioapic_entry(const struct ioapic_input *input, uint32_t vector, uint32_t apic_id)
{
    return (uint64_t)apic_id << ENTRY_DESTINATION_SHIFT | (input->is_active_low ? ENTRY_ACTIVE_LOW : 0) |
           (input->is_level ? ENTRY_LEVEL : 0) | vector;
}

static uint32_t read_entry_low(const struct ioapic *ioapic, uint32_t input)
{
    return read_register(ioapic, REG_ENTRIES + 2 * input);
}

/* What firmware has turned into SMIs is its own. */
static void mask_all(const struct ioapic *ioapic)
{
    for (uint32_t i = 0; i < ioapic->num_inputs; i++) {
        if ((read_entry_low(ioapic, i) & ENTRY_DELIVERY) != ENTRY_SMI)
            write_entry(ioapic, i, ENTRY_MASKED);
    }
}

/* What reads as all ones is no device. */
static void add_ioapic(uint64_t paddr, uint32_t first_gsi)
{
    struct ioapic *ioapic = &ioapics[num_ioapics];

    if (num_ioapics == MAX_IOAPICS || paddr == 0)
        return;
    ioapic->registers = map_device(paddr, REGISTERS_BYTES);
    if (ioapic->registers == NULL)
        return;
    uint32_t version = read_register(ioapic, REG_VERSION);

    ioapic->num_inputs = (version >> 16 & 0xff) + 1;
    ioapic->first_gsi = first_gsi;
    if (version == NOT_THERE || ioapic->num_inputs > MAX_INPUTS)
        return;
    mask_all(ioapic);
    num_ioapics++;
}

static void add_override(const struct madt_entry *entry)
{
    if (entry->source < NUM_ISA)
        isa_inputs[entry->source] = (struct ioapic_input){entry->gsi, entry->is_active_low, entry->is_level};
}

void ioapic_init(struct span madt)
{
    struct acpi_entries walk;
    struct madt_entry entry;

    for (uint32_t irq = 0; irq < NUM_ISA; irq++)
        isa_inputs[irq] = (struct ioapic_input){irq, false, false};
    madt_begin(&walk, madt);
    while (madt_next(&walk, &entry)) {
        if (entry.kind == MADT_IO_APIC)
            add_ioapic(entry.paddr, entry.gsi);
        else if (entry.kind == MADT_OVERRIDE)
            add_override(&entry);
    }
}

uint32_t ioapic_count(void)
{
    return num_ioapics;
}

uint32_t ioapic_num_inputs(void)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < num_ioapics; i++)
        n += ioapics[i].num_inputs;
    return n;
}

struct ioapic_input ioapic_isa_input(uint32_t irq)
{
    return isa_inputs[irq % NUM_ISA];
}

static const struct ioapic *find(uint32_t gsi)
{
    for (uint32_t i = 0; i < num_ioapics; i++) {
        if (gsi - ioapics[i].first_gsi < ioapics[i].num_inputs)
            return &ioapics[i];
    }
    return NULL;
}

static bool route(const struct ioapic_input *input, uint32_t vector, uint32_t apic_id)
{
    const struct ioapic *ioapic = find(input->gsi);

    if (ioapic == NULL || !(read_entry_low(ioapic, input->gsi - ioapic->first_gsi) & ENTRY_MASKED))
        return false;
    write_entry(ioapic, input->gsi - ioapic->first_gsi, ioapic_entry(input, vector, apic_id));
    return true;
}

bool ioapic_route(const struct ioapic_input *input, uint32_t vector, uint32_t apic_id)
{
    if (apic_id > APIC_MAX_XAPIC_ID)
        return false;
    spin_lock(&lock);
    bool routed = route(input, vector, apic_id);
    spin_unlock(&lock);
    return routed;
}

static uint32_t mask(uint32_t gsi)
{
    const struct ioapic *ioapic = find(gsi);

    if (ioapic == NULL)
        return 0;
    uint32_t entry = read_entry_low(ioapic, gsi - ioapic->first_gsi);

    write_entry(ioapic, gsi - ioapic->first_gsi, ENTRY_MASKED);
    return entry & ENTRY_MASKED ? 0 : entry & ENTRY_VECTOR;
}

uint32_t ioapic_mask(uint32_t gsi)
{
    spin_lock(&lock);
    uint32_t vector = mask(gsi);
    spin_unlock(&lock);
    return vector;
}
