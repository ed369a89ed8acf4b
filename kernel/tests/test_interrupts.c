/*
 * test_interrupts.c - interrupts come, to their handlers, and go back where they came from.
 */
#include "kernel/cpu/apic.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/ioapic.h"
#include "kernel/cpu/pic.h"
#include "kernel/cpu/timer.h"
#include "kernel/tests/self_test.h"

#define WAIT_US 1000000 /* ends far earlier when all is well */

#define PIT_CHANNEL_0 0x40
#define PIT_COMMAND   0x43
#define PIT_ONE_SHOT  0x30 /* channel 0, both bytes, mode 0 */
#define PIT_IRQ       0

#define RFLAGS_DF (UINT64_C(1) << 10)

static void set_flag(void *flag)
{
    *(volatile bool *)flag = true;
}

SELF_TEST(interrupt_without_handler_is_counted)
{
    uint32_t unexpected = interrupt_counts.unexpected;

    __asm__ volatile("int $0xa5" : : : "memory");
    EXPECT(interrupt_counts.unexpected == unexpected + 1);
    EXPECT(interrupt_counts.last_vector == 0xa5);
}

/* What a PIC and the APIC deliver when a request has gone away: nothing is in service then. */
SELF_TEST(interrupt_spurious_is_counted)
{
    uint32_t pic = interrupt_counts.spurious_pic, apic = interrupt_counts.spurious_apic;
    uint32_t unexpected = interrupt_counts.unexpected;

    __asm__ volatile("int $0x27\n\tint $0x2f\n\tint $0xff" : : : "memory");
    EXPECT(interrupt_counts.spurious_apic == apic + 1);
    if (interrupts_have_pic()) {
        EXPECT(interrupt_counts.spurious_pic == pic + 2);
        EXPECT(interrupt_counts.unexpected == unexpected);
    }
}

/* A handler that leaves nothing in its registers as it was, nor the direction flag. */
static void spoil_registers(void *context)
{
    set_flag(context);
    __asm__ volatile("std\n\tmov $-1, %%rax\n\tmov %%rax, %%rcx\n\tmov %%rax, %%rdx\n\tmov %%rax, %%rsi\n\t"
                     "mov %%rax, %%rdi\n\tmov %%rax, %%r8\n\tmov %%rax, %%r9\n\tmov %%rax, %%r10\n\t"
                     "mov %%rax, %%r11\n\tcld"
                     :
                     :
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
}

SELF_TEST(interrupt_keeps_registers_and_flags)
{
    volatile bool came = false;
    uint64_t sum = 0, flags = 0;

    if (!EXPECT(interrupt_set(0xfe, spoil_registers, (void *)(uintptr_t)&came)))
        return;
    __asm__ volatile("mov $1, %%eax\n\tmov $2, %%ecx\n\tmov $4, %%edx\n\tmov $8, %%esi\n\tmov $16, %%edi\n\t"
                     "mov $32, %%r8d\n\tmov $64, %%r9d\n\tmov $128, %%r10d\n\tmov $256, %%r11d\n\t"
                     "std\n\tint $0xfe\n\tpushfq\n\tcld\n\t"
                     "add %%rcx, %%rax\n\tadd %%rdx, %%rax\n\tadd %%rsi, %%rax\n\tadd %%rdi, %%rax\n\t"
                     "add %%r8, %%rax\n\tadd %%r9, %%rax\n\tadd %%r10, %%rax\n\tadd %%r11, %%rax\n\t"
                     "pop %1"
                     : "=&a"(sum), "=&b"(flags)
                     :
                     : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
    interrupt_release(0xfe);
    EXPECT(came);
    EXPECT(sum == 511);
    EXPECT((flags & RFLAGS_DF) != 0);
}

SELF_TEST(interrupt_vectors_are_handed_out_once)
{
    uint32_t first = interrupt_claim(set_flag, 0), second = interrupt_claim(set_flag, 0);

    EXPECT(first >= INTERRUPT_FIRST_CLAIMED && second > first && second < INTERRUPT_FIRST_FIXED);
    EXPECT(!interrupt_set(first, set_flag, 0));
    interrupt_release(first);
    EXPECT(interrupt_set(first, set_flag, 0));
    interrupt_release(first);
    interrupt_release(second);
    EXPECT(!interrupt_set(APIC_SPURIOUS_VECTOR, set_flag, 0));
    EXPECT(!interrupt_set(PIC_FIRST_VECTOR, set_flag, 0));
}

/* Twice: the second one comes only if the first was ended. */
SELF_TEST(interrupt_is_sent_to_oneself)
{
    volatile bool came = false;
    uint32_t vector = interrupt_claim(set_flag, (void *)(uintptr_t)&came);

    if (!interrupts_work()) {
        EXPECT(!apic_send(0, vector));
        self_test_skip("no APIC");
    }
    for (int i = 0; i < 2 && interrupts_work(); i++) {
        came = false;
        EXPECT(apic_send(apic_id(), vector));
        EXPECT(timer_wait(&came, WAIT_US));
    }
    interrupt_release(vector);
}

#define UPPER 0xfd
#define LOWER 0xfc /* waits while UPPER is in service */

static volatile bool upper_came, lower_came, lower_came_early;

/* INT n is none of the APIC's, and must not end this one. */
static void handle_upper(void *context)
{
    (void)context;
    __asm__ volatile("int $0xa5" : : : "memory");
    apic_send(apic_id(), LOWER);
    interrupts_on();
    clock_wait_us(20);
    interrupts_off();
    lower_came_early = lower_came;
    upper_came = true;
}

SELF_TEST(interrupt_by_software_ends_no_other)
{
    if (!interrupts_work()) {
        self_test_skip("no APIC");
        return;
    }
    EXPECT(interrupt_set(UPPER, handle_upper, 0));
    EXPECT(interrupt_set(LOWER, set_flag, (void *)(uintptr_t)&lower_came));
    EXPECT(apic_send(apic_id(), UPPER));
    EXPECT(timer_wait(&upper_came, WAIT_US));
    EXPECT(timer_wait(&lower_came, WAIT_US));
    EXPECT(!lower_came_early);
    interrupt_release(UPPER);
    interrupt_release(LOWER);
}

SELF_TEST(interrupt_comes_through_the_io_apic)
{
    volatile bool came = false;

    if (!interrupts_work() || ioapic_count() == 0) {
        EXPECT(!interrupt_route_isa(PIT_IRQ, set_flag, (void *)(uintptr_t)&came));
        self_test_skip("no APIC or no I/O APIC");
        return;
    }
    EXPECT(interrupt_route_isa(PIT_IRQ, set_flag, (void *)(uintptr_t)&came));
    EXPECT(!interrupt_route_isa(PIT_IRQ, set_flag, (void *)(uintptr_t)&came));
    out8(PIT_COMMAND, PIT_ONE_SHOT);
    out8(PIT_CHANNEL_0, 100);
    out8(PIT_CHANNEL_0, 0);
    EXPECT(timer_wait(&came, WAIT_US));
    out8(PIT_COMMAND, PIT_ONE_SHOT); /* counts nothing until it is given a count */
    interrupt_unroute_isa(PIT_IRQ);
}

static void note_time(void *tsc)
{
    *(volatile uint64_t *)tsc = rdtsc();
}

SELF_TEST(timer_calls_in_time)
{
    volatile uint64_t never = 0, came = 0;
    uint64_t start = rdtsc();

    if (timer_kind() == 0) {
        EXPECT(!timer_start_us(1, note_time, (void *)(uintptr_t)&came));
        self_test_skip("no timer");
        return;
    }
    EXPECT(timer_start_us(100, note_time, (void *)(uintptr_t)&never));
    timer_stop();
    EXPECT(timer_start_us(200, note_time, (void *)(uintptr_t)&came));
    interrupts_on();
    while (came == 0 && rdtsc() - start < clock_ticks(WAIT_US))
        clock_wait_us(1);
    interrupts_off();
    EXPECT(came - start >= clock_ticks(200));
    EXPECT(never == 0);
}

SELF_TEST(timer_wait_ends)
{
    volatile bool never = false;
    uint64_t start = rdtsc();

    EXPECT(!timer_wait(&never, 50));
    EXPECT(rdtsc() - start >= clock_ticks(50));
}

SELF_TEST(clock_goes_on)
{
    uint64_t start = clock_now_ns();

    clock_wait_us(20);
    EXPECT(clock_tsc_hz == 0 || clock_now_ns() - start >= 20000);
    EXPECT(clock_ns(clock_tsc_hz) == (clock_tsc_hz != 0 ? 1000000000 : 0));
}
