/*
 * segments.c - GDT and TSS (Intel SDM vol. 3A, 3.4.5 and 8.7).
 */
#include "kernel/cpu/segments.h"

#include <stddef.h>
#include <stdint.h>

#include "kernel/boot/section.h"
#include "kernel/cpu/this_cpu.h"

#define DESCRIPTOR_CODE        UINT64_C(0x00209b0000000000) /* 64-bit, ring 0, present */
#define DESCRIPTOR_DATA        UINT64_C(0x0000930000000000)
#define DESCRIPTOR_NOT_PRESENT UINT64_C(0x0000130000000000)
#define DESCRIPTOR_TSS         UINT64_C(0x0000890000000000)

#define IST_STACK_BYTES 8192

struct gdt_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

NOINIT static uint8_t first_ist_stack[IST_STACK_BYTES] __attribute__((aligned(16)));

static struct stack stack_of(const uint8_t *base, const uint8_t *top)
{
    return (struct stack){(uint64_t)(uintptr_t)base, (uint64_t)(uintptr_t)top};
}

void segments_use_stacks(struct cpu *cpu)
{
    for (int i = IST_NONE + 1; i < IST_END; i++)
        cpu->segments.tss.ist[i - 1] = cpu->stacks[i].top;
}

static void fill_gdt(struct segments *s)
{
    uint64_t base = (uint64_t)(uintptr_t)&s->tss;

    s->gdt[SELECTOR_CODE / 8] = DESCRIPTOR_CODE;
    s->gdt[SELECTOR_DATA / 8] = DESCRIPTOR_DATA;
    s->gdt[SELECTOR_NOT_PRESENT / 8] = DESCRIPTOR_NOT_PRESENT;
    s->gdt[SELECTOR_TSS / 8] =
        DESCRIPTOR_TSS | (sizeof s->tss - 1) | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
    s->gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

static void load_gdt(const struct segments *s)
{
    struct gdt_pointer pointer = {sizeof s->gdt - 1, (uint64_t)(uintptr_t)s->gdt};

    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "mov %2, %%ds\n\t"
                     "mov %2, %%es\n\t"
                     "mov %2, %%ss\n\t"
                     "mov %3, %%fs\n\t"
                     "mov %3, %%gs\n\t"
                     "ltr %w4"
                     :
                     : "m"(pointer), "i"(SELECTOR_CODE), "r"(SELECTOR_DATA), "r"(0), "r"(SELECTOR_TSS)
                     : "rax", "memory");
}

void segments_load(struct cpu *cpu)
{
    segments_use_stacks(cpu);
    cpu->segments.tss.io_map_base = sizeof cpu->segments.tss;
    fill_gdt(&cpu->segments);
    load_gdt(&cpu->segments);
    this_cpu_init(cpu);
}

void segments_init(void)
{
    boot_cpu.stacks[IST_NONE] = stack_of(kernel_stack, kernel_stack_top);
    for (int i = IST_NONE + 1; i < IST_END; i++)
        boot_cpu.stacks[i] = stack_of(first_ist_stack, first_ist_stack + IST_STACK_BYTES);
    segments_load(&boot_cpu);
}
