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

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map_base;
} __attribute__((packed));

_Static_assert(sizeof(struct tss) == 104, "Intel SDM vol. 3A, figure 8-11");

struct gdt_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

static struct tss tss;
static uint64_t gdt[6];
NOINIT static uint8_t ist_stacks[IST_END][IST_STACK_BYTES] __attribute__((aligned(16)));

static struct stack stack_of(const uint8_t *base, const uint8_t *top)
{
    return (struct stack){(uint64_t)(uintptr_t)base, (uint64_t)(uintptr_t)top};
}

static void fill_tss(void)
{
    boot_cpu.stacks[IST_NONE] = stack_of(kernel_stack, kernel_stack_top);
    for (int i = IST_NONE + 1; i < IST_END; i++) {
        boot_cpu.stacks[i] = stack_of(ist_stacks[i], ist_stacks[i] + IST_STACK_BYTES);
        tss.ist[i - 1] = boot_cpu.stacks[i].top;
    }
    tss.io_map_base = sizeof tss;
}

static void fill_gdt(void)
{
    uint64_t base = (uint64_t)(uintptr_t)&tss;

    gdt[SELECTOR_CODE / 8] = DESCRIPTOR_CODE;
    gdt[SELECTOR_DATA / 8] = DESCRIPTOR_DATA;
    gdt[SELECTOR_NOT_PRESENT / 8] = DESCRIPTOR_NOT_PRESENT;
    gdt[SELECTOR_TSS / 8] =
        DESCRIPTOR_TSS | (sizeof tss - 1) | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
    gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

static void load_gdt(void)
{
    struct gdt_pointer pointer = {sizeof gdt - 1, (uint64_t)(uintptr_t)gdt};

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

void segments_init(void)
{
    fill_tss();
    fill_gdt();
    load_gdt();
    this_cpu_init(&boot_cpu);
}
