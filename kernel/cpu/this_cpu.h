/*
 * this_cpu.h - what each CPU has for itself, reached through %gs.
 */
#ifndef KERNEL_THIS_CPU_H
#define KERNEL_THIS_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cpu/segments.h"
#include "kernel/memory/page_stack.h"

struct spinlock;

/* Addresses; below `base` lies a guard page, if anything. base == top: there is no such stack. */
struct stack {
    uint64_t base, top;
};

/* A CPU runs from the moment it can be interrupted. */
enum cpu_state { CPU_RUNS = 0, CPU_AWAITED, CPU_COMING, CPU_GIVEN_UP, CPU_STOPPED };

struct cpu;

/* A function that another CPU has handed over; smp.c. */
struct cpu_call {
    const struct cpu *caller;
    void (*function)(void *argument);
    void *argument;
    uint32_t state; /* enum call_state */
};

/* timer.c's. */
struct cpu_timer {
    uint64_t deadline; /* TSC */
    void (*function)(void *context);
    void *context;
};

struct cpu {
    struct cpu *self;             /* first: this_cpu() reads it */
    struct cpu *next;             /* see all_cpus */
    uint32_t index;               /* 0 for the CPU that booted */
    uint32_t apic_id;             /* of the others, as the MADT has it */
    uint32_t state;               /* enum cpu_state */
    bool interrupts_were_on;      /* before it took the first of the locks it holds */
    struct spinlock *held;        /* the lock taken last; spinlock.h */
    struct stack stacks[IST_END]; /* by enum ist; that of IST_NONE is the one it usually runs on */
    struct segments segments;     /* of its own; segments.c fills them */
    struct cpu_timer timer;
    struct cpu_call call;
    uint32_t flushes_asked, flushes_done; /* of its TLB, since the start; smp.c */
    struct page_stack pages;              /* memory/pages.c's */
};

extern struct cpu boot_cpu;

/* The CPUs that this_cpu_init() has been called for, linked by `next`. None ever leaves. */
extern struct cpu *all_cpus;

/*
 * Makes `cpu` the structure of the CPU this runs on, index and stacks filled in. After its segment registers
 * have been loaded, once for each CPU.
 */
void this_cpu_init(struct cpu *cpu);

/* The structure of the CPU this runs on. After this_cpu_init(). */
static inline struct cpu *this_cpu(void)
{
    struct cpu *cpu;
    __asm__ volatile("movq %%gs:0, %0" : "=r"(cpu));
    return cpu;
}

/* The stack, of any CPU, that holds all `size_bytes` from `vaddr` on; null if none does. */
const struct stack *find_stack(uint64_t vaddr, uint64_t size_bytes);

#endif
