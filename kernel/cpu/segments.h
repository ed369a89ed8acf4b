/*
 * segments.h - the descriptor table and the task state segment that long mode still wants.
 */
#ifndef KERNEL_SEGMENTS_H
#define KERNEL_SEGMENTS_H

#include <stdint.h>

struct cpu;

/* Selectors in the kernel's GDT. */
#define SELECTOR_CODE        0x08
#define SELECTOR_DATA        0x10
#define SELECTOR_NOT_PRESENT 0x18 /* a data segment that is marked absent */
#define SELECTOR_TSS         0x20

/* Entries of the interrupt stack table: exceptions that may find no usable stack get one of their own. */
enum ist { IST_NONE = 0, IST_DOUBLE_FAULT, IST_NMI, IST_MACHINE_CHECK, IST_END };

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

/* What each CPU has for itself. */
struct segments {
    uint64_t gdt[6];
    struct tss tss;
};

/*
 * For the CPU that booted: notes its stacks in boot_cpu and does segments_load(). Once, before the first
 * exception. The stacks of the interrupt stack table are one, for nothing comes back from it yet; it has
 * no guard page.
 */
void segments_init(void);

/*
 * Loads GDT, segment registers and TSS of `cpu`, and makes it the this_cpu() of the CPU this runs on. Its
 * index and its stacks are filled in.
 */
void segments_load(struct cpu *cpu);

/* Takes the stacks of the interrupt stack table from cpu->stacks anew, for the exceptions to come. */
void segments_use_stacks(struct cpu *cpu);

#endif
