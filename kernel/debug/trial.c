/*
 * trial.c - provoking exceptions, to see that they are caught.
 */
#include "kernel/debug/trial.h"

#include "kernel/boot/boot_info.h"
#include "kernel/lib/cmdline.h"
#include "kernel/console/console.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/debug/panic.h"
#include "kernel/boot/section.h"
#include "kernel/cpu/segments.h"
#include "kernel/cpu/smp.h"
#include "kernel/memory/pages.h"
#include "kernel/lib/string.h"
#include "kernel/memory/kernel_map.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/boot/boot_info.h"
#include "kernel/memory/address_space.h"

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

static void write_rodata(void)
{
    *(volatile uint8_t *)(uintptr_t)rodata_start = 0;
}

static void execute_data(void)
{
    static uint8_t code[] = {0xc3}; /* ret */
    void (*run)(void) = (void (*)(void))(uintptr_t)code;

    run();
}

static void execute_stack(void)
{
    volatile uint8_t code[] = {0xc3};
    void (*run)(void) = (void (*)(void))(uintptr_t)code;

    run();
}

/* Code that may be anywhere; aligned, so that it lies in one page. */
static __attribute__((aligned(16))) void do_nothing(void) {}

/* Makes the page of do_nothing() one that a user could reach, too, while `touch` runs. */
static void with_user_page(void (*touch)(void))
{
    uint64_t in_late_part = (uint64_t)((const uint8_t *)(uintptr_t)do_nothing - late_text);
    uint64_t rva = (uint64_t)(late_memory - image_start) + in_late_part;

    if (!kernel_map_at(TRIAL_USER_PAGE, boot_info.image_paddr + page_floor(rva), PAGE_BYTES,
                       PAGE_USER | PAGE_EXECUTE))
        return;
    touch();
    kernel_unmap_at(TRIAL_USER_PAGE, PAGE_BYTES);
}

static void read_user_page(void)
{
    (void)*(volatile uint8_t *)TRIAL_USER_PAGE;
}

static void execute_user_page(void)
{
    uint64_t offset = (uint64_t)(uintptr_t)do_nothing % PAGE_BYTES;
    void (*run)(void) = (void (*)(void))(TRIAL_USER_PAGE + offset);

    run();
}

static void smap(void)
{
    with_user_page(read_user_page);
}

static void smep(void)
{
    with_user_page(execute_user_page);
}

static void stack_overflow(void)
{
    __asm__ volatile("1: pushq $0\n\tjmp 1b");
}

/* One word behind an array: the return address is whole, and the guard is not. */
static void stack_smash(void)
{
    char text[32];
    volatile size_t n = sizeof text + 8;

    memset(text, 'A', n);
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

static void double_free(void)
{
    uint64_t paddr = pages_alloc(3, PAGE_BYTES, 0);

    pages_free(paddr, 3);
    pages_free(paddr, 3);
}

static void foreign_free(void)
{
    pages_free(VGA_PADDR, 1);
}

#define NOT_CANONICAL UINT64_C(0x8000000000000000)
#define DR7_WRITE_8   UINT64_C(0x90001) /* breakpoint 0: a write to any of 8 bytes */

/* The call chain cannot be looked at. */
static void panic_in_panic(void)
{
    all_cpus = (struct cpu *)(uintptr_t)NOT_CANONICAL;
    invalid_opcode();
}

/* Nor can the message. */
static void panic_thrice(void)
{
    all_cpus = (struct cpu *)(uintptr_t)NOT_CANONICAL;
    panic("three times: %s", (const char *)(uintptr_t)NOT_CANONICAL);
}

static void panic_in_print(void)
{
    printk("half a line, then %s\n", (const char *)(uintptr_t)NOT_CANONICAL);
}

/* The top left of the screen is watched. */
static void panic_in_drawing(void)
{
    bool is_text = boot_info.display.kind == DISPLAY_VGA_TEXT;

    write_dr0(is_text ? VGA_BASE + VGA_TEXT_OFFSET : DISPLAY_BASE + boot_info.display.paddr % PAGE_BYTES);
    write_dr7(DR7_WRITE_8);
    for (int i = 0; i < 1000; i++)
        printk("%d lines\n", i);
}

static void invalid_opcode_on(void *argument)
{
    (void)argument;
    invalid_opcode();
}

static void other_cpu(void)
{
    smp_run(1, invalid_opcode_on, 0);
}

/* Nothing can be pushed. */
static void wild_stack(void)
{
    __asm__ volatile("movq %0, %%rsp\n\tud2" : : "r"(UINT64_C(0x123456789000)));
}

static void wild_rbp(void)
{
    __asm__ volatile("movq %0, %%rbp\n\tud2" : : "r"(NOT_CANONICAL));
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
    {"write-rodata", write_rodata},
    {"execute-data", execute_data},
    {"execute-stack", execute_stack},
    {"smap", smap},
    {"smep", smep},
    {"stack-overflow", stack_overflow},
    {"stack-smash", stack_smash},
    {"machine-check", machine_check},
    {"interrupt", interrupt},
    {"panic", call_panic},
    {"double-free", double_free},
    {"foreign-free", foreign_free},
    {"panic-in-panic", panic_in_panic},
    {"panic-thrice", panic_thrice},
    {"panic-in-print", panic_in_print},
    {"panic-in-drawing", panic_in_drawing},
    {"other-cpu", other_cpu},
    {"wild-stack", wild_stack},
    {"wild-rbp", wild_rbp},
};

void trial_run(struct span name)
{
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        if (cmdline_equals(name, trials[i].name))
            trials[i].run();
    }
}
