/*
 * smp.c - handing functions to other CPUs, making them forget translations, stopping them.
 */
#include "kernel/cpu/smp.h"

#include <stddef.h>

#include "kernel/cpu/apic.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/debug/panic.h"

#define VECTOR_WAKE      0xf8u
#define POLL_US          10u
#define FLUSH_MAX_PAUSES (UINT32_C(1) << 28) /* some seconds: interrupts are never off for that long */
#define STOP_MAX_PAUSES  (UINT32_C(1) << 20)

/* The CPU that hands a call over takes it back, unless it has given up waiting. */
enum call_state { CALL_NONE = 0, CALL_FILLED_IN, CALL_WAITING, CALL_RUNNING, CALL_DONE, CALL_ABANDONED };

static struct cpu *others; /* index 1 and up */
static uint32_t num_others;
static uint32_t stopper; /* index of the CPU that has stopped all others, + 1; 0: none */

static uint32_t load(const uint32_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void store(uint32_t *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* True if the word was `from`; it is `to` then. */
static bool change(uint32_t *word, uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(word, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

uint32_t smp_num_cpus(void)
{
    return 1 + num_others;
}

struct cpu *smp_cpu(uint32_t index)
{
    if (index > num_others)
        return NULL;
    return index == 0 ? &boot_cpu : &others[index - 1];
}

bool smp_runs(const struct cpu *cpu)
{
    return load(&cpu->state) == CPU_RUNS;
}

/* The next CPU but this one that runs, from index *i on; null: there is none. */
static struct cpu *next_other(uint32_t *i)
{
    while (*i <= num_others) {
        struct cpu *cpu = smp_cpu((*i)++);

        if (cpu != this_cpu() && smp_runs(cpu))
            return cpu;
    }
    return NULL;
}

void smp_answer(void)
{
    struct cpu *cpu = this_cpu();
    uint64_t flags = interrupts_save(); /* the interrupt that asks calls this, too */
    uint32_t asked = load(&cpu->flushes_asked);

    if (asked != cpu->flushes_done) {
        write_cr3(read_cr3()); /* no page is global: paging_enable_features() */
        store(&cpu->flushes_done, asked);
    }
    interrupts_restore(flags);
}

static void wake_up(void *context)
{
    (void)context;
    smp_answer();
}

/* The call is the CPU's own from here on, until take_back(). */
static bool hand_over(struct cpu *cpu, void (*function)(void *), void *argument)
{
    struct cpu_call *call = &cpu->call;

    if (!change(&call->state, CALL_NONE, CALL_FILLED_IN))
        return false;
    call->caller = this_cpu();
    call->function = function;
    call->argument = argument;
    store(&call->state, CALL_WAITING);
    apic_send(cpu->apic_id, VECTOR_WAKE);
    return true;
}

/* Ends what hand_over() began: whatever the call is at, it is nobody's afterwards. */
static enum smp_result take_back(struct cpu *cpu)
{
    uint32_t *state = &cpu->call.state;

    cpu->call.caller = NULL;
    for (;;) {
        if (change(state, CALL_DONE, CALL_NONE))
            return SMP_DONE;
        if (change(state, CALL_WAITING, CALL_NONE))
            return SMP_NOT_RUN;
        if (change(state, CALL_RUNNING, CALL_ABANDONED))
            return SMP_UNFINISHED;
    }
}

/* Until the call is done, or *left_us have gone by. */
static void wait_for(const struct cpu *cpu, uint32_t *left_us)
{
    while (load(&cpu->call.state) != CALL_DONE && *left_us > 0) {
        smp_answer();
        clock_wait_us(POLL_US);
        *left_us -= POLL_US;
    }
}

enum smp_result smp_run(uint32_t index, void (*function)(void *), void *argument)
{
    uint32_t left_us = SMP_RUN_MAX_US;
    struct cpu *cpu = smp_cpu(index);

    if (cpu == this_cpu()) {
        function(argument);
        return SMP_DONE;
    }
    if (cpu == NULL || !smp_runs(cpu) || !hand_over(cpu, function, argument))
        return SMP_NOT_RUN;
    wait_for(cpu, &left_us);
    return take_back(cpu);
}

uint32_t smp_run_all(void (*function)(void *), void *argument)
{
    uint32_t left_us = SMP_RUN_MAX_US, num_done = 1;
    struct cpu *cpu;

    for (uint32_t i = 0; (cpu = next_other(&i)) != NULL;)
        hand_over(cpu, function, argument);
    function(argument);
    for (uint32_t i = 0; (cpu = next_other(&i)) != NULL;) {
        if (cpu->call.caller != this_cpu())
            continue;
        wait_for(cpu, &left_us);
        num_done += take_back(cpu) == SMP_DONE;
    }
    return num_done;
}

static void run_call(struct cpu_call *call)
{
    if (!change(&call->state, CALL_WAITING, CALL_RUNNING))
        return;
    call->function(call->argument);
    if (!change(&call->state, CALL_RUNNING, CALL_DONE))
        store(&call->state, CALL_NONE);
}

_Noreturn void smp_park(void)
{
    struct cpu_call *call = &this_cpu()->call;

    for (;;) {
        interrupts_off();
        if (load(&call->state) != CALL_WAITING) {
            halt_until_interrupt();
        } else {
            interrupts_on();
            run_call(call);
        }
    }
}

static void wait_for_flush(const struct cpu *cpu, uint32_t asked)
{
    for (uint32_t pauses = 0; (int32_t)(load(&cpu->flushes_done) - asked) < 0 && smp_runs(cpu); pauses++) {
        if (pauses >= FLUSH_MAX_PAUSES)
            panic("CPU %u does not forget translations", cpu->index);
        smp_answer();
        cpu_pause();
    }
}

void smp_flush_others(void)
{
    struct cpu *cpu;

    for (uint32_t i = 0; (cpu = next_other(&i)) != NULL;) {
        __atomic_add_fetch(&cpu->flushes_asked, 1, __ATOMIC_ACQ_REL);
        apic_send(cpu->apic_id, VECTOR_WAKE);
    }
    for (uint32_t i = 0; (cpu = next_other(&i)) != NULL;)
        wait_for_flush(cpu, load(&cpu->flushes_asked));
}

void smp_stop_if_asked(void)
{
    uint32_t by = load(&stopper);

    if (by == 0 || by == this_cpu()->index + 1)
        return;
    store(&this_cpu()->state, CPU_STOPPED);
    halt_forever();
}

void smp_stop_others(void)
{
    uint32_t i = 0, pauses = 0;
    struct cpu *cpu;

    interrupts_off();
    if (!change(&stopper, 0, this_cpu()->index + 1)) {
        smp_stop_if_asked();
        return;
    }
    while ((cpu = next_other(&i)) != NULL)
        apic_send_nmi(cpu->apic_id);
    for (i = 0; (cpu = next_other(&i)) != NULL;) {
        for (; smp_runs(cpu) && pauses < STOP_MAX_PAUSES; pauses++)
            cpu_pause();
    }
}

void smp_init(struct cpu *cpus, uint32_t num)
{
    boot_cpu.apic_id = apic_id();
    boot_cpu.call.state = CALL_RUNNING; /* the boot, which does not come back */
    others = cpus;
    num_others = num;
    interrupt_set(VECTOR_WAKE, wake_up, NULL);
}
