/*
 * this_cpu.h - what each CPU has for itself, reached through %gs.
 */
#ifndef KERNEL_THIS_CPU_H
#define KERNEL_THIS_CPU_H

#include <stdbool.h>
#include <stdint.h>

struct spinlock;

struct cpu {
    struct cpu *self;        /* first: this_cpu() reads it */
    uint32_t index;          /* 0 for the CPU that booted */
    bool interrupts_were_on; /* before it took the first of the locks it holds */
    struct spinlock *held;   /* the lock taken last; spinlock.h */
};

extern struct cpu boot_cpu;

/* Makes `cpu` the structure of the CPU this runs on. After its segment registers have been loaded. */
void this_cpu_init(struct cpu *cpu);

/* The structure of the CPU this runs on. After this_cpu_init(). */
static inline struct cpu *this_cpu(void)
{
    struct cpu *cpu;
    __asm__ volatile("movq %%gs:0, %0" : "=r"(cpu));
    return cpu;
}

#endif
