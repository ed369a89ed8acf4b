/*
 * interrupts.c - a table of handlers, and one end for all interrupts.
 */
#include "kernel/cpu/interrupts.h"

#include <stddef.h>

#include "kernel/boot/section.h"
#include "kernel/cpu/apic.h"
#include "kernel/cpu/ioapic.h"
#include "kernel/cpu/pic.h"
#include "kernel/cpu/traps.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/firmware/madt.h"
#include "kernel/lib/string.h"

struct row {
    void (*handler)(void *context); /* null: nobody's */
    void *context;
};

#define NUM_ROWS (INTERRUPT_LAST_FIXED + 1 - INTERRUPT_FIRST_CLAIMED)

struct interrupt_counts interrupt_counts;

NOINIT static struct row rows[NUM_ROWS]; /* of the vectors from INTERRUPT_FIRST_CLAIMED on */
static bool has_pic;
static struct spinlock lock = SPINLOCK("interrupts", LOCK_INTERRUPTS);

/* Null for a vector that can have no handler. */
static struct row *row_of(uint32_t vector)
{
    uint32_t i = vector - INTERRUPT_FIRST_CLAIMED;

    return i < NUM_ROWS ? &rows[i] : NULL;
}

/* A CPU, present or still to come, whose ID an xAPIC cannot have. */
static bool needs_x2apic(struct span madt)
{
    struct acpi_entries walk;
    struct madt_entry entry;

    madt_begin(&walk, madt);
    while (madt_next(&walk, &entry)) {
        if (entry.kind == MADT_CPU && entry.id > APIC_MAX_XAPIC_ID &&
            (entry.is_enabled || entry.is_online_capable))
            return true;
    }
    return false;
}

extern const uint8_t interrupt_stubs[]; /* interrupt_entry.S */

void interrupts_init(void)
{
    struct span madt = acpi_find(MADT_SIGNATURE, 0);

    memset(rows, 0, sizeof rows);
    traps_set(NUM_EXCEPTIONS, NUM_VECTORS - NUM_EXCEPTIONS, interrupt_stubs);
    has_pic = pic_init();
    apic_init(needs_x2apic(madt));
    ioapic_init(madt);
}

bool interrupts_work(void)
{
    return apic_mode() != APIC_NONE;
}

bool interrupts_have_pic(void)
{
    return has_pic;
}

/* Under the lock. The handler last: what finds it finds its context. */
static bool take(uint32_t vector, void (*handler)(void *), void *context)
{
    struct row *row = row_of(vector);

    if (row == NULL || row->handler != NULL)
        return false;
    row->context = context;
    __atomic_store_n(&row->handler, handler, __ATOMIC_RELEASE);
    return true;
}

bool interrupt_set(uint32_t vector, void (*handler)(void *), void *context)
{
    spin_lock(&lock);
    bool taken = take(vector, handler, context);
    spin_unlock(&lock);
    return taken;
}

uint32_t interrupt_claim(void (*handler)(void *), void *context)
{
    uint32_t vector = INTERRUPT_FIRST_CLAIMED;

    spin_lock(&lock);
    while (vector < INTERRUPT_FIRST_FIXED && !take(vector, handler, context))
        vector++;
    spin_unlock(&lock);
    return vector < INTERRUPT_FIRST_FIXED ? vector : 0;
}

void interrupt_release(uint32_t vector)
{
    struct row *row = row_of(vector);

    if (row != NULL)
        __atomic_store_n(&row->handler, NULL, __ATOMIC_RELEASE);
}

bool interrupt_route_isa(uint32_t irq, void (*handler)(void *), void *context)
{
    struct ioapic_input input = ioapic_isa_input(irq);
    uint32_t vector = interrupt_claim(handler, context);

    if (vector != 0 && interrupts_work() && ioapic_route(&input, vector, apic_id()))
        return true;
    interrupt_release(vector);
    return false;
}

void interrupt_unroute_isa(uint32_t irq)
{
    interrupt_release(ioapic_mask(ioapic_isa_input(irq).gsi));
}

static void count(uint32_t *counter)
{
    __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

static void count_unhandled(uint32_t vector)
{
    uint32_t irq = vector - PIC_FIRST_VECTOR;

    if (vector == APIC_SPURIOUS_VECTOR) {
        count(&interrupt_counts.spurious_apic);
    } else if (has_pic && irq < PIC_NUM_VECTORS && !pic_end(irq)) {
        count(&interrupt_counts.spurious_pic);
    } else {
        interrupt_counts.last_vector = vector;
        count(&interrupt_counts.unexpected);
    }
}

void interrupt_dispatch(uint32_t vector)
{
    const struct row *row = row_of(vector);
    void (*handler)(void *) = row != NULL ? __atomic_load_n(&row->handler, __ATOMIC_ACQUIRE) : NULL;

    if (handler != NULL)
        handler(row->context);
    else
        count_unhandled(vector);
    apic_end(vector);
}
