/*
 * this_cpu.c - what each CPU has for itself.
 */
#include "kernel/cpu/this_cpu.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"

struct cpu boot_cpu;
struct cpu *all_cpus;

void this_cpu_init(struct cpu *cpu)
{
    cpu->self = cpu;
    cpu->next = __atomic_load_n(&all_cpus, __ATOMIC_RELAXED);
    while (
        !__atomic_compare_exchange_n(&all_cpus, &cpu->next, cpu, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    wrmsr(MSR_GS_BASE, (uint64_t)(uintptr_t)cpu);
}

const struct stack *find_stack(uint64_t vaddr, uint64_t size_bytes)
{
    for (const struct cpu *cpu = all_cpus; cpu != NULL; cpu = cpu->next) {
        for (int i = 0; i < IST_END; i++) {
            const struct stack *s = &cpu->stacks[i];

            if (vaddr >= s->base && vaddr < s->top && size_bytes <= s->top - vaddr)
                return s;
        }
    }
    return NULL;
}
