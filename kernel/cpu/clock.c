/*
 * clock.c - measuring the time stamp counter.
 *
 * One window of a millisecond serves all: every counter is read at its beginning and at its end, each
 * together with the TSC, and what counts is how far each of them went, not how long the window was meant to
 * be.
 */
#include "kernel/cpu/clock.h"

#include <stddef.h>

#include "kernel/cpu/counters.h"
#include "kernel/cpu/cpu.h"

#define WINDOWS_A_SECOND 1000u
#define MAX_POLLS        (UINT32_C(1) << 20) /* of the counter that ends the window */
#define MAX_TICKS        (UINT32_C(1) << 26) /* of the TSC meanwhile: 10 ms at the fastest */
#define NUM_READINGS     3

#define CPUID_HAS_HYPERVISOR (1u << 31) /* leaf 1, ECX */
#define CPUID_CRYSTAL        0x15u
#define CPUID_NOMINAL        0x16u
#define CPUID_HYPERVISOR     0x40000000u
#define CPUID_HYPERVISOR_HZ  0x40000010u

#define NANOSECONDS   UINT64_C(1000000000)
#define MICROSECONDS  UINT64_C(1000000)
#define POLLS_A_MICRO UINT64_C(10000) /* more than any CPU does */

uint64_t clock_tsc_hz, clock_apic_timer_hz;
struct clock_witness clock_witnesses[CLOCK_MAX_WITNESSES];
const struct clock_witness *clock_chosen;

/* Of some readings the one that took least: nothing came between it and the TSC. */
static struct calibration_sample read_both(const struct counter *counter)
{
    struct calibration_sample best = {0, 0};
    uint64_t shortest = UINT64_MAX;

    for (int i = 0; i < NUM_READINGS; i++) {
        uint64_t before = rdtsc(), count = counter->read(), took = rdtsc() - before;

        if (took < shortest) {
            shortest = took;
            best = (struct calibration_sample){before + took / 2, count};
        }
    }
    return best;
}

static bool is_there(const struct counter *counter)
{
    return counter->hz != 0 || counter == &counters[COUNTER_APIC];
}

/* False if `counter` does not get through a window in time: it stands still, or nearly. */
static bool wait_window(const struct counter *counter)
{
    uint64_t ticks = counter->hz / WINDOWS_A_SECOND, start = counter->read(), tsc = rdtsc();

    for (uint32_t polls = 0; polls < MAX_POLLS && rdtsc() - tsc < MAX_TICKS; polls++) {
        if (counter_delta(start, counter->read(), counter->num_bits) >= ticks)
            return true;
    }
    return false;
}

static bool measure(const struct counter *ruler)
{
    for (size_t i = 0; i < NUM_COUNTERS; i++) {
        if (is_there(&counters[i]))
            counters[i].from = read_both(&counters[i]);
    }
    if (!wait_window(ruler))
        return false;
    for (size_t i = 0; i < NUM_COUNTERS; i++) {
        if (is_there(&counters[i]))
            counters[i].to = read_both(&counters[i]);
    }
    return true;
}

/* By the first counter that runs. */
static void measure_all(void)
{
    for (size_t i = 0; i < COUNTER_APIC; i++) {
        if (counters[i].hz == 0)
            continue;
        if (measure(&counters[i]))
            return;
        counters[i].problem = "stands still";
    }
}

static struct clock_witness counter_witness(const struct counter *counter)
{
    struct clock_witness witness = {counter->name, counter->problem, 0};

    if (counter->hz == 0 && counter->problem == NULL)
        witness.name = NULL;
    if (counter->hz == 0 || counter->problem != NULL)
        return witness;
    witness.tsc_hz = calibration_tsc_hz(&counter->from, &counter->to, counter->num_bits, counter->hz);
    if (witness.tsc_hz == 0)
        witness.problem = "stands still";
    return witness;
}

/* A leaf of CPUID is there only if `first`, the one that begins its kind, says so. */
static struct cpuid leaf_if_there(uint32_t first, uint32_t leaf)
{
    struct cpuid nothing = {0, 0, 0, 0};

    return cpuid(first, 0).eax >= leaf ? cpuid(leaf, 0) : nothing;
}

static struct clock_witness told(const char *name, uint64_t tsc_hz)
{
    return (struct clock_witness){tsc_hz != 0 ? name : NULL, NULL, tsc_hz};
}

/* SDM vol. 2A, CPUID: the crystal's hertz, and the ratio of the TSC to it. */
static struct clock_witness crystal_witness(void)
{
    struct cpuid leaf = leaf_if_there(0, CPUID_CRYSTAL);

    return told("CPUID", leaf.eax != 0 ? mul_div(leaf.ecx, leaf.ebx, leaf.eax) : 0);
}

/* VMware's leaf, which others have as well: kHz. */
static struct clock_witness hypervisor_witness(void)
{
    uint64_t khz = 0;

    if (cpuid(1, 0).ecx & CPUID_HAS_HYPERVISOR)
        khz = leaf_if_there(CPUID_HYPERVISOR, CPUID_HYPERVISOR_HZ).eax;
    return told("hypervisor", khz * 1000);
}

/* MHz, as on the box: the TSC need not run at just that. */
static struct clock_witness nominal_witness(void)
{
    return told("nominal", (leaf_if_there(0, CPUID_NOMINAL).eax & 0xffff) * MICROSECONDS);
}

static void hear_witnesses(void)
{
    clock_witnesses[0] = crystal_witness();
    clock_witnesses[1] = hypervisor_witness();
    for (size_t i = 0; i < COUNTER_APIC; i++)
        clock_witnesses[2 + i] = counter_witness(&counters[i]);
    clock_witnesses[CLOCK_MAX_WITNESSES - 1] = nominal_witness();
}

static void choose(void)
{
    uint64_t hz[CLOCK_MAX_WITNESSES];

    for (size_t i = 0; i < CLOCK_MAX_WITNESSES; i++)
        hz[i] = clock_witnesses[i].tsc_hz;
    size_t chosen = calibration_choose(hz, CLOCK_MAX_WITNESSES);
    if (chosen == CLOCK_MAX_WITNESSES)
        return;
    clock_chosen = &clock_witnesses[chosen];
    clock_tsc_hz = hz[chosen];
}

void clock_init(void)
{
    const struct counter *apic = &counters[COUNTER_APIC];

    counters_begin();
    measure_all();
    counters_end();
    hear_witnesses();
    choose();
    clock_apic_timer_hz = calibration_counter_hz(&apic->from, &apic->to, apic->num_bits, clock_tsc_hz);
}

uint64_t clock_ns(uint64_t tsc_ticks)
{
    return clock_tsc_hz != 0 ? mul_div(tsc_ticks, NANOSECONDS, clock_tsc_hz) : 0;
}

uint64_t clock_now_ns(void)
{
    return clock_ns(rdtsc());
}

uint64_t clock_ticks(uint32_t us)
{
    return mul_div(us, clock_tsc_hz, MICROSECONDS);
}

void clock_wait_us(uint32_t us)
{
    uint64_t start = rdtsc(), ticks = clock_ticks(us);

    if (clock_tsc_hz == 0) {
        while (us-- > 0)
            io_delay();
        return;
    }
    for (uint64_t polls = us * POLLS_A_MICRO; polls > 0 && rdtsc() - start < ticks; polls--)
        cpu_pause();
}
