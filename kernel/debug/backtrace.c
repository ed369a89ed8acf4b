/*
 * backtrace.c - the chain of calls that led here (System V ABI for AMD64, 3.2.2).
 */
#include "kernel/debug/backtrace.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/boot/late.h"
#include "kernel/boot/section.h"
#include "kernel/console/console.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/debug/symbols.h"
#include "kernel/memory/address_space.h"

#define MAX_CALLERS 11 /* with the registers they fit on a screen of 25 rows */
#define FRAME_BYTES 16
#define PUSH_RBP    0x55 /* how every function begins that makes itself a frame (-fno-shrink-wrap) */

static bool is_text(uint64_t address)
{
    if (address >= (uint64_t)(uintptr_t)late_text && address < (uint64_t)(uintptr_t)late_text_end)
        return late_is_there();
    return address >= (uint64_t)(uintptr_t)text_start && address < (uint64_t)(uintptr_t)text_end;
}

static struct symbol find_symbol(uint64_t address)
{
    size_t bytes = late_is_there() ? (size_t)(symbol_table_end - symbol_table) : 0;
    struct span table = span_of(symbol_table, bytes);

    return symbol_find(table, (uint32_t)(address - IMAGE_BASE));
}

static void print_address(uint64_t address, bool is_return)
{
    if (!is_text(address)) {
        printk("  %016llx  outside the kernel's code\n", (unsigned long long)address);
        return;
    }
    struct symbol s = find_symbol(address - is_return);
    printk("  %016llx  %s+0x%x\n", (unsigned long long)address, s.name, s.offset + is_return);
}

/* A return address names the call before it, and what never returns may be called at the end of a function.
 */
static void print_call(uint64_t return_address)
{
    print_address(return_address, true);
}

/* The two quadwords of a frame, all of it on one stack; null if they are not. */
static const uint64_t *frame_at(uint64_t rbp)
{
    return rbp % 8 == 0 && find_stack(rbp, FRAME_BYTES) != NULL ? (const uint64_t *)(uintptr_t)rbp : NULL;
}

/* Frames lie the higher the older they are, and the oldest has no return address. */
static void print_callers(uint64_t rbp)
{
    const uint64_t *frame;
    int n = 0;

    for (; (frame = frame_at(rbp)) != NULL && frame[1] != 0; rbp = frame[0]) {
        if (n++ == MAX_CALLERS) {
            printk("  ...\n");
            return;
        }
        print_call(frame[1]);
        if (frame[0] != 0 && frame[0] <= rbp)
            break;
    }
    if (frame == NULL ? rbp != 0 : frame[1] != 0)
        printk("  rbp goes on at %016llx, which is no frame\n",
               (unsigned long long)(frame == NULL ? rbp : frame[0]));
}

/* The return address of an interrupted function whose frame %rbp does not point at; 0 if it does. */
static uint64_t frameless_caller(const struct trap_frame *frame)
{
    const uint64_t *top = frame_at(frame->rsp);

    if (top == NULL)
        return 0;
    if (!is_text(frame->rip))
        return top[0];
    uint32_t offset = find_symbol(frame->rip).offset;
    if (*(const uint8_t *)(uintptr_t)(frame->rip - offset) != PUSH_RBP || offset == 0)
        return top[0];
    return offset == 1 ? top[1] : 0; /* between the push and setting %rbp */
}

void backtrace_print_address(uint64_t rip)
{
    print_address(rip, false);
}

void backtrace_print(uint64_t return_address, uint64_t rbp)
{
    print_call(return_address);
    print_callers(rbp);
}

void backtrace_print_trap(const struct trap_frame *frame)
{
    print_address(frame->rip, false);
    uint64_t caller = frameless_caller(frame);

    if (is_text(caller))
        print_call(caller);
    print_callers(frame->rbp);
}
