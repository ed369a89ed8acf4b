/*
 * counters.c - HPET (IA-PC HPET specification 1.0a, 2.3), ACPI PM timer (ACPI 6.5, 4.8.3.3), PIT (Intel 8254
 * data sheet).
 */
#include "kernel/cpu/counters.h"

#include <stddef.h>

#include "kernel/cpu/apic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/firmware/fadt.h"
#include "kernel/firmware/hpet.h"
#include "kernel/memory/kernel_map.h"

#define HPET_PERIOD     1 /* registers by their offset / 4 */
#define HPET_CONFIG     4
#define HPET_COUNTER    60
#define HPET_ENABLED    1u
#define HPET_MAX_PERIOD 100000000u /* femtoseconds */
#define FEMTOSECONDS    UINT64_C(1000000000000000)

#define PM_TIMER_HZ 3579545u

#define PIT_HZ            1193182u
#define PIT_CHANNEL_2     0x42
#define PIT_COMMAND       0x43
#define PIT_CONTROL       0x61
#define PIT_CONTROL_COUNT 0x01 /* channel 2 counts */
#define PIT_CONTROL_SOUND 0x02 /* and is heard */
#define PIT_COUNT_DOWN    0xb0 /* channel 2, both bytes, mode 0, binary */
#define PIT_LATCH         0x80 /* channel 2 */

static volatile uint32_t *hpet;
static uint16_t pm_timer_port;
static uint8_t pit_control;

/* The lower half of the counter: some HPETs have no more, and it is read in one piece. */
static uint64_t read_hpet(void)
{
    return hpet[HPET_COUNTER];
}

static uint64_t read_pm_timer(void)
{
    return in32(pm_timer_port);
}

/* Counts down. */
static uint64_t read_pit(void)
{
    out8(PIT_COMMAND, PIT_LATCH);
    uint64_t low = in8(PIT_CHANNEL_2);
    return 0 - (low | (uint64_t)in8(PIT_CHANNEL_2) << 8);
}

/* Counts down. */
static uint64_t read_apic_timer(void)
{
    return 0 - (uint64_t)apic_timer_left();
}

struct counter counters[NUM_COUNTERS] = {
    [COUNTER_HPET] = {.name = "HPET", .read = read_hpet, .num_bits = 32},
    [COUNTER_PM_TIMER] = {.name = "PM timer", .read = read_pm_timer},
    [COUNTER_PIT] = {.name = "PIT", .read = read_pit, .num_bits = 16},
    [COUNTER_APIC] = {.name = "APIC timer", .read = read_apic_timer, .num_bits = 32},
};

static void begin_hpet(struct counter *counter)
{
    struct hpet table;

    if (hpet_read(acpi_find(HPET_SIGNATURE, 0), &table) && table.paddr != 0)
        hpet = map_device(table.paddr, HPET_REGISTERS_BYTES);
    if (hpet == NULL)
        return;
    uint32_t period = hpet[HPET_PERIOD];

    if (period == 0 || period > HPET_MAX_PERIOD) {
        counter->problem = "period unsound";
        return;
    }
    hpet[HPET_CONFIG] |= HPET_ENABLED;
    counter->hz = FEMTOSECONDS / period;
}

static void begin_pm_timer(struct counter *counter)
{
    struct fadt fadt;

    if (!fadt_read(acpi_find(FADT_SIGNATURE, 0), &fadt) || fadt.pm_timer.space != ACPI_SPACE_IO)
        return;
    pm_timer_port = (uint16_t)fadt.pm_timer.address;
    counter->num_bits = fadt.is_pm_timer_32bit ? 32 : 24;
    counter->hz = pm_timer_port != 0 ? PM_TIMER_HZ : 0;
}

/* From its highest count, unheard. */
static void begin_pit(struct counter *counter)
{
    pit_control = in8(PIT_CONTROL);
    out8(PIT_CONTROL, (uint8_t)((pit_control & ~PIT_CONTROL_SOUND) | PIT_CONTROL_COUNT));
    out8(PIT_COMMAND, PIT_COUNT_DOWN);
    out8(PIT_CHANNEL_2, 0xff);
    out8(PIT_CHANNEL_2, 0xff);
    counter->hz = PIT_HZ;
}

void counters_begin(void)
{
    begin_pit(&counters[COUNTER_PIT]);
    begin_hpet(&counters[COUNTER_HPET]);
    begin_pm_timer(&counters[COUNTER_PM_TIMER]);
    apic_timer_count_down(UINT32_MAX);
}

void counters_end(void)
{
    out8(PIT_CONTROL, pit_control);
    apic_timer_stop();
}
