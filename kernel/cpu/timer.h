/*
 * timer.h - an interrupt after a time: the timer in each CPU's local APIC.
 */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Finds out whether the timer interrupts, by one short run. After clock_init(), on the CPU that booted;
 * switches interrupts on meanwhile. False if there is no timer or it stays silent; then no CPU has one.
 */
bool timer_init(void);

/* "TSC deadline", "one-shot", or null: there is none. */
const char *timer_kind(void);

/*
 * Calls `function` with `context` on this CPU, as an interrupt handler (interrupts.h), once `us` microseconds
 * have gone by and its interrupts are on. Replaces what was started on it before. False if there is no timer.
 */
bool timer_start_us(uint32_t us, void (*function)(void *context), void *context);

/* What was started on this CPU will not be called. */
void timer_stop(void);

/*
 * Interrupts on until a handler has set `*flag`, or `us` microseconds have gone by; the CPU sleeps meanwhile
 * if its timer is sure to wake it. Uses that timer, if there is one. Interrupts are then as before. True if
 * the flag is set.
 */
bool timer_wait(const volatile bool *flag, uint32_t us);

#endif
