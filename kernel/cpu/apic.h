/*
 * apic.h - the local APIC of each CPU (Intel SDM vol. 3A, chapter 10): takes interrupts, sends them, has a
 * timer.
 *
 * Either as registers in memory (xAPIC) or as MSRs (x2APIC), for all CPUs alike.
 */
#ifndef KERNEL_APIC_H
#define KERNEL_APIC_H

#include <stdbool.h>
#include <stdint.h>

#define APIC_SPURIOUS_VECTOR 0xffu
#define APIC_MAX_XAPIC_ID    254u /* larger ones need x2APIC */

enum apic_mode { APIC_NONE = 0, APIC_XAPIC, APIC_X2APIC };

/*
 * Switches on the APIC of the CPU that booted, in the mode the firmware left it in; in x2APIC mode if
 * `needs_x2apic`: a CPU has an ID above APIC_MAX_XAPIC_ID. Every local source is masked but the NMI, what the
 * firmware left in service is ended. APIC_NONE if CPUID knows none or its registers cannot be mapped; then
 * all that follows does nothing. With interrupts off.
 */
enum apic_mode apic_init(bool needs_x2apic);

/* The same on another CPU, after apic_init(), in the same mode. There the NMI pin stays masked: one CPU is
 * enough to panic. */
void apic_init_cpu(void);

enum apic_mode apic_mode(void);

/* Of the CPU this runs on; 0 without an APIC. */
uint32_t apic_id(void);

/* Ends `vector` if it came through the APIC and is not spurious. By interrupts.c, for every vector. */
void apic_end(uint32_t vector);

/*
 * Sends an interrupt to one CPU, which may be this one: a vector (0x20 to 0xfe), NMI, INIT, or start-up at
 * physical address `page` << 12. False if the APIC has not sent it in time, or noticed an error. With
 * interrupts on or off.
 */
bool apic_send(uint32_t id, uint32_t vector);
bool apic_send_nmi(uint32_t id);
bool apic_send_init(uint32_t id);
bool apic_send_startup(uint32_t id, uint8_t page);

/* The timer of this CPU, for clock.c and timer.c: nothing else arms it. */

/* Interrupts with `vector` once `count` ticks have gone by, or, where apic_has_deadline(), once the TSC is at
 * `tsc`. */
void apic_timer_start(uint32_t vector, uint32_t count);
void apic_timer_start_deadline(uint32_t vector, uint64_t tsc);

/* Counts down from `count` and interrupts nobody. */
void apic_timer_count_down(uint32_t count);

void apic_timer_stop(void);

/* What is left of the count. */
uint32_t apic_timer_left(void);

bool apic_has_deadline(void);

#endif
