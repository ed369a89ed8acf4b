/*
 * timer.c - the timer of each CPU.
 */
#include "kernel/cpu/timer.h"

#include <stddef.h>

#include "kernel/cpu/apic.h"
#include "kernel/cpu/calibration.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/this_cpu.h"

#define FIRST_RUN_US     10
#define FIRST_RUN_MAX_US 250000 /* emulated on a busy host it may be late */

#define CPUID_POWER    6u
#define CPUID_EAX_ARAT 4u /* the APIC timer always runs */

static uint32_t vector; /* 0: there is no timer */

/* At once if `deadline` has gone by already; no later than the counter can count, and handle() then goes on.
 */
static void arm(uint64_t deadline)
{
    if (apic_has_deadline()) {
        apic_timer_start_deadline(vector, deadline);
        return;
    }
    uint64_t now = rdtsc(), left = deadline > now ? deadline - now : 0;
    uint64_t count = mul_div(left, clock_apic_timer_hz, clock_tsc_hz) + 1;

    apic_timer_start(vector, count < UINT32_MAX ? (uint32_t)count : UINT32_MAX);
}

static void handle(void *context)
{
    struct cpu_timer *timer = &this_cpu()->timer;
    void (*function)(void *) = timer->function;

    (void)context;
    if (function == NULL)
        return;
    if (rdtsc() < timer->deadline) {
        arm(timer->deadline);
        return;
    }
    timer->function = NULL;
    function(timer->context);
}

bool timer_start_us(uint32_t us, void (*function)(void *), void *context)
{
    if (vector == 0)
        return false;
    uint64_t flags = interrupts_save();

    this_cpu()->timer = (struct cpu_timer){rdtsc() + clock_ticks(us), function, context};
    arm(this_cpu()->timer.deadline);
    interrupts_restore(flags);
    return true;
}

void timer_stop(void)
{
    apic_timer_stop();
    this_cpu()->timer.function = NULL;
}

static void set_flag(void *flag)
{
    *(volatile bool *)flag = true;
}

/* Without sleeping, as nothing may wake us. */
static bool poll(const volatile bool *flag, uint32_t us)
{
    uint64_t flags = interrupts_save(), start = rdtsc(), ticks = clock_ticks(us);

    interrupts_on();
    for (; !*flag && us > 0 && (ticks == 0 || rdtsc() - start < ticks); us--)
        clock_wait_us(1);
    interrupts_off();
    interrupts_restore(flags);
    return *flag;
}

bool timer_init(void)
{
    volatile bool came = false;

    if (clock_apic_timer_hz == 0)
        return false;
    vector = interrupt_claim(handle, NULL);
    timer_start_us(FIRST_RUN_US, set_flag, (void *)(uintptr_t)&came);
    if (poll(&came, FIRST_RUN_MAX_US))
        return true;
    timer_stop();
    interrupt_release(vector);
    vector = 0;
    return false;
}

const char *timer_kind(void)
{
    if (vector == 0)
        return NULL;
    return apic_has_deadline() ? "TSC deadline" : "one-shot";
}

/* On some CPUs it stops while they sleep (SDM vol. 3A, 10.5.4). */
static bool wakes_cpu(void)
{
    return vector != 0 && cpuid(0, 0).eax >= CPUID_POWER && (cpuid(CPUID_POWER, 0).eax & CPUID_EAX_ARAT);
}

bool timer_wait(const volatile bool *flag, uint32_t us)
{
    volatile bool is_over = false;

    if (!wakes_cpu() || !timer_start_us(us, set_flag, (void *)(uintptr_t)&is_over))
        return poll(flag, us);
    uint64_t flags = interrupts_save();
    while (!*flag && !is_over)
        halt_until_interrupt();
    timer_stop();
    interrupts_restore(flags);
    return *flag;
}
