/*
 * smp.h - all CPUs of the machine at work.
 *
 * The CPU that booted has index 0. The others (smp_start.h) have numbers from 1 on, in the order of the MADT.
 * Each has its own struct cpu, GDT, TSS and stacks; IDT, page tables and control registers are the same on
 * all. One that has nothing to do is halted, interrupts on, and wakes up for what is told here.
 */
#ifndef KERNEL_SMP_H
#define KERNEL_SMP_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cpu/this_cpu.h"

/* How long a function may take that is handed to another CPU: by then it should have come back. */
#define SMP_RUN_MAX_US UINT32_C(250000)

enum smp_result {
    SMP_DONE,    /* the function has come back */
    SMP_NOT_RUN, /* it was not called and will not be: there is no such CPU, or it does not run, or is busy,
                    as the one that booted always is */
    SMP_UNFINISHED, /* it was called and runs on; its argument must last */
};

/* How many there are, the one that booted included: those that did not answer count, and have an index. */
uint32_t smp_num_cpus(void);

/* Null if there is no such index. */
struct cpu *smp_cpu(uint32_t index);

/* True if the CPU can be told to do something. */
bool smp_runs(const struct cpu *cpu);

/*
 * Runs function(argument) on one CPU, with interrupts on if it is not this one, and waits SMP_RUN_MAX_US for
 * it to come back. What this CPU wrote before, the function sees, and the reverse. Not from an interrupt
 * handler, nor with a lock that the function takes.
 */
enum smp_result smp_run(uint32_t index, void (*function)(void *argument), void *argument);

/* The same on all CPUs that run and are not busy, at once, this one included. How many of them are done. */
uint32_t smp_run_all(void (*function)(void *argument), void *argument);

/*
 * Every CPU that runs forgets every translation; on this one it is not done. For memory/tlb.c, which is what
 * others call. Each is told at once, also one that is halted: it would remember tables that have become
 * something else, and a CPU reads such tables ahead of what it is asked to do. Those that wait with
 * interrupts off answer by smp_answer(). A CPU that does not is a panic.
 */
void smp_flush_others(void);

/* Does what smp_flush_others() asks of this CPU, if it does. In every loop that waits, interrupts off, for
 * another CPU. */
void smp_answer(void);

/*
 * For a panic: from here on only this CPU runs, interrupts off. The others are halted, in the state they are
 * in, by an NMI, whatever they do; waits a little for them. If another CPU has called this before, halts this
 * one for ever.
 */
void smp_stop_others(void);

/* For the NMI's handler: halts for ever if the NMI means that. */
void smp_stop_if_asked(void);

/* For smp_start.c, once: the CPUs with index 1 to `num`, an array; and the interrupt that wakes them up. */
void smp_init(struct cpu *others, uint32_t num);

/* What another CPU does for ever, once it runs: waits for functions and runs them. */
_Noreturn void smp_park(void);

#endif
