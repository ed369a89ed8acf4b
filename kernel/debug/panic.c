/*
 * panic.c - the end: what cannot happen has happened.
 */
#include "kernel/debug/panic.h"

#include <stdarg.h>
#include <stdbool.h>

#include "kernel/debug/backtrace.h"
#include "kernel/console/console.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/smp.h"
#include "kernel/debug/debug_exit.h"
#include "kernel/boot/image.h"
#include "kernel/boot/late.h"

#define PAGE_FAULT_PRESENT  1u
#define PAGE_FAULT_WRITE    2u
#define PAGE_FAULT_RESERVED 8u
#define PAGE_FAULT_FETCH    16u

typedef unsigned long long ull;

static bool in_panic;

/* The second panic finds nothing it could trust. */
static void enter_panic(void)
{
    interrupts_off();
    if (late_is_there())
        smp_stop_others();
    if (in_panic) {
        debug_exit(DEBUG_EXIT_PANIC);
        halt_forever();
    }
    in_panic = true;
    console_break_in();
    console_set_color(COLOR_WHITE, COLOR_RED);
}

/* White on red is for the one line that says what happened. */
static void end_headline(void)
{
    console_set_color(COLOR_WHITE, COLOR_BLACK);
    printk("\n");
}

static _Noreturn void leave_panic(void)
{
    struct image_check check;

    if (!image_is_intact(&check))
        printk("The image is damaged: CRC-32 %08x, built with %08x.\n", check.computed, check.expected);
    printk("Halted.\n");
    console_flush();
    debug_exit(DEBUG_EXIT_PANIC);
    halt_forever();
}

static void print_page_fault(const struct trap_frame *frame)
{
    uint64_t error = frame->error_code;
    const char *access = error & PAGE_FAULT_FETCH   ? "execution of"
                         : error & PAGE_FAULT_WRITE ? "write to"
                                                    : "read from";
    const char *cause = error & PAGE_FAULT_RESERVED  ? "a reserved bit is set in its page tables"
                        : error & PAGE_FAULT_PRESENT ? "its rights forbid it"
                                                     : "nothing is mapped there";
    printk("%s %016llx: %s\n", access, (unsigned long long)read_cr2(), cause);
}

static void print_registers(const struct trap_frame *f)
{
    printk("rip %016llx  cs %04llx  rflags %08llx  error code %llx\n", (unsigned long long)f->rip,
           (unsigned long long)f->cs, (unsigned long long)f->rflags, (unsigned long long)f->error_code);
    printk("rax %016llx rbx %016llx rcx %016llx\n", (unsigned long long)f->rax, (unsigned long long)f->rbx,
           (unsigned long long)f->rcx);
    printk("rdx %016llx rsi %016llx rdi %016llx\n", (unsigned long long)f->rdx, (unsigned long long)f->rsi,
           (unsigned long long)f->rdi);
    printk("rbp %016llx rsp %016llx r8  %016llx\n", (unsigned long long)f->rbp, (unsigned long long)f->rsp,
           (unsigned long long)f->r8);
    printk("r9  %016llx r10 %016llx r11 %016llx\n", (unsigned long long)f->r9, (unsigned long long)f->r10,
           (unsigned long long)f->r11);
    printk("r12 %016llx r13 %016llx r14 %016llx\n", (unsigned long long)f->r12, (unsigned long long)f->r13,
           (unsigned long long)f->r14);
    printk("r15 %016llx cr0 %016llx cr2 %016llx\n", (unsigned long long)f->r15,
           (unsigned long long)read_cr0(), (unsigned long long)read_cr2());
    printk("cr3 %016llx cr4 %016llx\n", (unsigned long long)read_cr3(), (unsigned long long)read_cr4());
}

_Noreturn void panic(const char *format, ...)
{
    va_list args;

    enter_panic();
    printk("\nJanus panic: ");
    va_start(args, format);
    vprintk(format, args);
    va_end(args);
    end_headline();
    backtrace_print((uint64_t)(uintptr_t)__builtin_return_address(0),
                    *(const uint64_t *)__builtin_frame_address(0));
    leave_panic();
}

_Noreturn void panic_trap(const struct trap_frame *frame)
{
    enter_panic();
    printk("\nJanus panic: %s (vector %llu)", trap_name(frame->vector), (unsigned long long)frame->vector);
    end_headline();
    if (frame->vector == TRAP_PAGE_FAULT)
        print_page_fault(frame);
    print_registers(frame);
    backtrace_print_trap(frame);
    leave_panic();
}
