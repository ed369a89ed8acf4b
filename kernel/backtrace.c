/*
 * backtrace.c - the chain of calls that led here (System V ABI for AMD64, 3.2.2).
 */
#include "kernel/backtrace.h"

#include <stdbool.h>

#include "kernel/address_space.h"
#include "kernel/console.h"
#include "kernel/section.h"
#include "kernel/symbols.h"

#define MAX_FRAMES 16

static bool is_text(uint64_t address)
{
    return address >= (uint64_t)(uintptr_t)text_start && address < (uint64_t)(uintptr_t)text_end;
}

/* True if a frame pointer and the return address above it lie on the kernel's stack. */
static bool is_frame(uint64_t rbp)
{
    return rbp % 8 == 0 && rbp >= (uint64_t)(uintptr_t)kernel_stack &&
           rbp <= (uint64_t)(uintptr_t)kernel_stack_top - 16;
}

static void print_call(uint64_t address)
{
    struct span table = span_of(symbol_table, (size_t)(symbol_table_end - symbol_table));

    if (!is_text(address)) {
        printk("  %016llx  outside the kernel's code\n", (unsigned long long)address);
        return;
    }
    struct symbol s = symbol_find(table, (uint32_t)(address - IMAGE_BASE));
    printk("  %016llx  %s+0x%x\n", (unsigned long long)address, s.name, s.offset);
}

void backtrace_print(uint64_t rip, uint64_t rbp)
{
    print_call(rip);
    for (int i = 0; i < MAX_FRAMES && is_frame(rbp); i++) {
        const uint64_t *frame = (const uint64_t *)(uintptr_t)rbp;

        if (frame[1] == 0)
            return;
        print_call(frame[1]);
        if (frame[0] <= rbp)
            return;
        rbp = frame[0];
    }
}
