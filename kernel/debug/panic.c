/*
 * panic.c - the end: what cannot happen has happened.
 */
#include "kernel/debug/panic.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel/boot/image.h"
#include "kernel/boot/late.h"
#include "kernel/console/console.h"
#include "kernel/console/log.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/smp.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/debug/backtrace.h"
#include "kernel/debug/debug_exit.h"
#include "kernel/debug/fault.h"
#include "kernel/report/print_log.h"

#define MAX_TRAPS     2  /* the panic's own, and one in the midst of it */
#define MAX_ENTRIES   16 /* of all CPUs; the end where not even the CPU's own structure can be read */
#define NUM_LOG_LINES 8

/* What the first panic is about. */
static struct {
    bool is_trap;
    struct trap_frame frame; /* a copy: the stack it lay on may be used again */
    const char *format;      /* without a frame */
    va_list args;
    uint64_t return_address, rbp;
    uint64_t log_end; /* what was printed before */
} subject;

static const struct cpu *speaker; /* the CPU that panicked first */
static uint32_t num_entries, num_traps, next_step;

static _Noreturn void stop(void)
{
    debug_exit(DEBUG_EXIT_PANIC);
    halt_forever();
}

/* Comes back for the first CPU, and not too often. */
static void enter(void)
{
    const struct cpu *nobody = NULL, *me;

    interrupts_off();
    write_dr7(0); /* what is printed must not trap again */
    if (__atomic_add_fetch(&num_entries, 1, __ATOMIC_RELAXED) > MAX_ENTRIES)
        stop();
    me = this_cpu();
    if (!__atomic_compare_exchange_n(&speaker, &nobody, me, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED) &&
        nobody != me)
        halt_forever();
    if (++num_traps > MAX_TRAPS)
        stop();
    console_break_in(); /* first: who is printing may end his line */
    if (num_traps == 1 && late_is_there())
        smp_stop_others();
}

static void print_headline(void)
{
    const struct trap_frame *frame = &subject.frame;

    console_set_color(COLOR_WHITE, COLOR_RED);
    printk("\nJanus panic: ");
    if (subject.is_trap)
        printk("%s (vector %llu)", trap_name(frame->vector), (unsigned long long)frame->vector);
    else
        vprintk(subject.format, subject.args);
}

/* White on red is for the one line that says what happened. */
static void end_headline(void)
{
    console_set_color(COLOR_WHITE, COLOR_BLACK);
    printk("\n");
}

static void print_log(void)
{
    console_set_color(COLOR_DARK_GRAY, COLOR_BLACK);
    if (!log_is_at_line_start())
        printk("\n");
    print_log_lines(log_last_lines(subject.log_end, NUM_LOG_LINES), subject.log_end);
}

static void print_cause(void)
{
    if (subject.is_trap)
        fault_print_cause(&subject.frame);
}

static void print_registers(void)
{
    if (subject.is_trap)
        fault_print_registers(&subject.frame);
    else
        printk("cpu %u\n", this_cpu()->index);
}

static void print_backtrace(void)
{
    if (subject.is_trap)
        backtrace_print_trap(&subject.frame);
    else
        backtrace_print(subject.return_address, subject.rbp);
}

static void print_damage(void)
{
    struct image_check check;

    if (!image_is_intact(&check))
        printk("The image is damaged: CRC-32 %08x, built with %08x.\n", check.computed, check.expected);
}

static void print_end(void)
{
    printk("Halted.\n");
}

/* Each is begun once: a trap in one of them goes on with the next. */
static _Noreturn void speak(void)
{
    static const struct {
        void (*run)(void);
        bool is_late; /* uses what is unpacked late: a panic before that does without */
    } steps[] = {
        {print_log, true},       {print_headline, false}, {end_headline, false}, {print_cause, true},
        {print_registers, true}, {print_backtrace, true}, {print_damage, false}, {print_end, false},
    };

    while (next_step < sizeof steps / sizeof steps[0]) {
        uint32_t step = next_step++;

        if (steps[step].is_late && !late_is_there())
            continue;
        steps[step].run();
        console_flush();
    }
    stop();
}

_Noreturn void panic(const char *format, ...)
{
    va_list args;

    enter();
    va_start(args, format);
    if (num_traps == 1) {
        subject.log_end = log_end();
        subject.format = format;
        va_copy(subject.args, args);
        subject.return_address = (uint64_t)(uintptr_t)__builtin_return_address(0);
        subject.rbp = *(const uint64_t *)__builtin_frame_address(0);
    } else {
        printk("\npanic within panic: ");
        vprintk(format, args);
        printk("\n");
        console_flush();
    }
    va_end(args);
    speak();
}

_Noreturn void panic_trap(const struct trap_frame *frame)
{
    enter();
    if (num_traps == 1) {
        subject.log_end = log_end();
        subject.is_trap = true;
        subject.frame = *frame;
    } else {
        printk("\npanic within panic: %s (vector %llu) at", trap_name(frame->vector),
               (unsigned long long)frame->vector);
        if (late_is_there())
            backtrace_print_address(frame->rip);
        console_flush();
    }
    speak();
}
