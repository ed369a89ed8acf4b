/*
 * ap_start.h - what ap_start.S and smp_start.c share: how the other CPUs of the machine come up.
 */
#ifndef KERNEL_AP_START_H
#define KERNEL_AP_START_H

/* struct cpu, for assembly. */
#define CPU_BYTES     848
#define CPU_APIC_ID   20
#define CPU_STACK_TOP 48

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/this_cpu.h"

_Static_assert(sizeof(struct cpu) == CPU_BYTES, "ap_start.S steps by it");
_Static_assert(offsetof(struct cpu, apic_id) == CPU_APIC_ID, "ap_start.S compares it");
_Static_assert(offsetof(struct cpu, stacks[IST_NONE].top) == CPU_STACK_TOP, "ap_start.S loads it");

/* A far pointer, as an indirect jump takes it. */
struct far_pointer {
    uint32_t offset;
    uint16_t selector;
} __attribute__((packed));

/*
 * The part of the trampoline that is filled in for its place in memory and for the machine; the rest is only
 * code. The control registers are those of the CPU that booted.
 */
struct ap_parameters {
    uint16_t gdt_limit;
    uint32_t gdt_base; /* physical address */
    struct far_pointer protected_mode, long_mode;
    uint32_t root_paddr;     /* of tables that map the kernel, and the trampoline where it is */
    uint32_t cr0, cr4, efer; /* cr4: as long mode wants it and no more */
    uint64_t pat;
    uint64_t entry; /* ap_enter */
} __attribute__((packed));

/* Runs wherever it was copied to below 1 MiB, at a page boundary. */
extern const uint8_t ap_trampoline[], ap_trampoline_protected_mode[], ap_trampoline_long_mode[],
    ap_trampoline_gdt[], ap_trampoline_gdt_end[], ap_trampoline_parameters[], ap_trampoline_end[];

/* In 64-bit mode, still on the trampoline's tables and without a stack: finds its struct cpu, goes to
 * ap_main(). */
extern const uint8_t ap_enter[];

/* For ap_enter: the CPUs that may come, and the page tables that are to be used. */
extern struct cpu *ap_cpus;
extern uint32_t ap_num_cpus;
extern uint64_t ap_root_paddr;

/* On its own stack, interrupts off, with the boot CPU's page tables; in smp_start.c. */
_Noreturn void ap_main(struct cpu *cpu);

#endif
#endif
