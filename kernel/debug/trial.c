/*
 * trial.c - provoking exceptions, to see that they are caught.
 */
#include "kernel/debug/trial.h"

#include "kernel/lib/cmdline.h"
#include "kernel/console/console.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/debug/panic.h"
#include "kernel/boot/section.h"
#include "kernel/cpu/segments.h"

static void divide(void)
{
    __asm__ volatile("xorl %%ecx, %%ecx\n\tdivl %%ecx" : : : "eax", "ecx", "edx");
}

/* RFLAGS.TF: the instruction after popf traps. */
static void debug(void)
{
    __asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\tnop" : : : "memory", "cc");
}

static void nmi(void)
{
    __asm__ volatile("int $2");
}

static void breakpoint(void)
{
    __asm__ volatile("int3");
}

static void overflow(void)
{
    __asm__ volatile("int $4");
}

static void invalid_opcode(void)
{
    __asm__ volatile("ud2");
}

static void no_device(void)
{
    write_cr0(read_cr0() | CR0_TS);
    __asm__ volatile("fnop");
}

/* A page fault whose own stack cannot be written. */
static void double_fault(void)
{
    __asm__ volatile("movq %0, %%rsp\n\tud2" : : "r"(kernel_stack_guard + 64));
}

static void not_present(void)
{
    __asm__ volatile("mov %0, %%ds" : : "r"(SELECTOR_NOT_PRESENT));
}

static void stack_segment(void)
{
    __asm__ volatile("mov %0, %%ss" : : "r"(SELECTOR_NOT_PRESENT));
}

static void general_protection(void)
{
    (void)*(volatile uint8_t *)UINT64_C(0x8000000000000000);
}

static void read_null(void)
{
    (void)load16(0);
}

static void write_text(void)
{
    *(volatile uint8_t *)(uintptr_t)text_start = 0;
}

static void execute_data(void)
{
    static uint8_t code[] = {0xc3}; /* ret */
    void (*run)(void) = (void (*)(void))(uintptr_t)code;

    run();
}

static void stack_overflow(void)
{
    __asm__ volatile("1: pushq $0\n\tjmp 1b");
}

static void machine_check(void)
{
    __asm__ volatile("int $18");
}

static void interrupt(void)
{
    __asm__ volatile("int $0x80");
    printk("unexpected interrupts %u, the last at vector %u\n", interrupt_counts.unexpected,
           interrupt_counts.last_vector);
}

static void call_panic(void)
{
    panic("asked for on the command line");
}

static const struct {
    const char *name;
    void (*run)(void);
} trials[] = {
    {"divide", divide},
    {"debug", debug},
    {"nmi", nmi},
    {"breakpoint", breakpoint},
    {"overflow", overflow},
    {"invalid-opcode", invalid_opcode},
    {"no-device", no_device},
    {"double-fault", double_fault},
    {"not-present", not_present},
    {"stack-segment", stack_segment},
    {"general-protection", general_protection},
    {"read-null", read_null},
    {"write-text", write_text},
    {"execute-data", execute_data},
    {"stack-overflow", stack_overflow},
    {"machine-check", machine_check},
    {"interrupt", interrupt},
    {"panic", call_panic},
};

void trial_run(struct span name)
{
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        if (cmdline_equals(name, trials[i].name))
            trials[i].run();
    }
}
