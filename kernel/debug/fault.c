/*
 * fault.c - what a trap tells, in words.
 */
#include "kernel/debug/fault.h"

#include <stddef.h>

#include "kernel/console/console.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/debug/place.h"

typedef unsigned long long ull;

/* Error code of a page fault. */
#define PAGE_FAULT_PRESENT      0x0001u
#define PAGE_FAULT_WRITE        0x0002u
#define PAGE_FAULT_USER         0x0004u
#define PAGE_FAULT_RESERVED     0x0008u
#define PAGE_FAULT_FETCH        0x0010u
#define PAGE_FAULT_KEY          0x0020u
#define PAGE_FAULT_SHADOW_STACK 0x0040u
#define PAGE_FAULT_SGX          0x8000u

/* Of the others that have one: what is to blame. */
#define SELECTOR_EXTERNAL 0x1u
#define SELECTOR_IDT      0x2u
#define SELECTOR_LDT      0x4u

/* In the order they are printed in. */
static const struct {
    char name[4];
    uint8_t offset; /* in struct trap_frame */
} registers[] = {
    {"rax", offsetof(struct trap_frame, rax)}, {"rbx", offsetof(struct trap_frame, rbx)},
    {"rcx", offsetof(struct trap_frame, rcx)}, {"rdx", offsetof(struct trap_frame, rdx)},
    {"rsi", offsetof(struct trap_frame, rsi)}, {"rdi", offsetof(struct trap_frame, rdi)},
    {"rbp", offsetof(struct trap_frame, rbp)}, {"rsp", offsetof(struct trap_frame, rsp)},
    {"r8 ", offsetof(struct trap_frame, r8)},  {"r9 ", offsetof(struct trap_frame, r9)},
    {"r10", offsetof(struct trap_frame, r10)}, {"r11", offsetof(struct trap_frame, r11)},
    {"r12", offsetof(struct trap_frame, r12)}, {"r13", offsetof(struct trap_frame, r13)},
    {"r14", offsetof(struct trap_frame, r14)}, {"r15", offsetof(struct trap_frame, r15)},
};

#define NUM_REGISTERS (sizeof registers / sizeof registers[0])

static uint64_t value_of(const struct trap_frame *frame, size_t i)
{
    return *(const uint64_t *)((const uint8_t *)frame + registers[i].offset);
}

static const char *page_fault_reason(uint64_t error, uint64_t address)
{
    bool for_users = address >> 63 == 0 && (error & PAGE_FAULT_USER) == 0;

    if ((error & PAGE_FAULT_PRESENT) == 0)
        return "nothing is mapped there";
    if (error & PAGE_FAULT_RESERVED)
        return "a reserved bit is set in its page tables";
    if (error & PAGE_FAULT_KEY)
        return "its protection key forbids it";
    if (error & PAGE_FAULT_SHADOW_STACK)
        return "an access to a shadow stack";
    if (error & PAGE_FAULT_SGX)
        return "SGX forbids it";
    if (for_users && error & PAGE_FAULT_FETCH && read_cr4() & CR4_SMEP)
        return "it is for user programs (SMEP)";
    if (for_users && (error & PAGE_FAULT_FETCH) == 0 && read_cr4() & CR4_SMAP)
        return "it is for user programs (SMAP)";
    return "its rights forbid it";
}

static void print_page_fault(uint64_t error, uint64_t address)
{
    char place[PLACE_BYTES];
    const char *access = error & PAGE_FAULT_FETCH   ? "execution of"
                         : error & PAGE_FAULT_WRITE ? "write to"
                                                    : "read from";

    printk("%s %016llx%s: %s\n", access, (ull)address, error & PAGE_FAULT_USER ? " by a user program" : "",
           page_fault_reason(error, address));
    place_name(place, address);
    printk("that is %s\n", place);
}

static void print_selector(uint64_t error)
{
    if (error == 0)
        return;
    printk("entry %llu of the %s is to blame%s\n", (ull)(error & 0xffff) / 8,
           error & SELECTOR_IDT   ? "IDT"
           : error & SELECTOR_LDT ? "LDT"
                                  : "GDT",
           error & SELECTOR_EXTERNAL ? ", for an event from outside the program" : "");
}

/* The usual cause of a general protection without an error code. */
static void print_not_canonical(const struct trap_frame *frame)
{
    bool any = false;

    for (size_t i = 0; i < NUM_REGISTERS; i++) {
        if (place_is_canonical(value_of(frame, i)))
            continue;
        printk("%s%.3s", any ? " " : "not a canonical address: ", registers[i].name);
        any = true;
    }
    if (any)
        printk("\n");
}

/* Where the next push goes. */
static void print_stack(uint64_t rsp)
{
    char place[PLACE_BYTES];

    place_name(place, rsp - 8);
    printk("stack at %016llx: %s\n", (ull)rsp - 8, place);
}

void fault_print_cause(const struct trap_frame *frame)
{
    switch (frame->vector) {
    case TRAP_PAGE_FAULT:
        print_page_fault(frame->error_code, read_cr2());
        break;
    case TRAP_DOUBLE_FAULT:
        print_stack(frame->rsp);
        break;
    case TRAP_STACK_SEGMENT:
    case TRAP_INVALID_TSS:
    case TRAP_NOT_PRESENT:
    case TRAP_GENERAL_PROTECTION:
        print_selector(frame->error_code);
        if (frame->error_code == 0)
            print_not_canonical(frame);
        break;
    default:
        break;
    }
}

/* Three in a line. */
static void print_register(uint32_t number, const char *name, uint64_t value)
{
    printk("%s %016llx%s", name, (ull)value, number % 3 == 2 ? "\n" : " ");
}

void fault_print_registers(const struct trap_frame *frame)
{
    uint32_t n = 0;

    printk("rip %016llx  cs %04llx  rflags %08llx  error code %llx  cpu %u\n", (ull)frame->rip,
           (ull)frame->cs, (ull)frame->rflags, (ull)frame->error_code, this_cpu()->index);
    for (; n < NUM_REGISTERS; n++)
        print_register(n, registers[n].name, value_of(frame, n));
    print_register(n++, "cr0", read_cr0());
    print_register(n++, "cr2", read_cr2());
    print_register(n++, "cr3", read_cr3());
    printk("cr4 %016llx\n", (ull)read_cr4());
}
