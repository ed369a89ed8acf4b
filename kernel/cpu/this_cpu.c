/*
 * this_cpu.c - what each CPU has for itself.
 */
#include "kernel/cpu/this_cpu.h"

#include "kernel/cpu/cpu.h"

struct cpu boot_cpu;

void this_cpu_init(struct cpu *cpu)
{
    cpu->self = cpu;
    wrmsr(MSR_GS_BASE, (uint64_t)(uintptr_t)cpu);
}
