/*
 * test_spinlock.c - locks, on the machine's own interrupts.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/tests/self_test.h"

static bool interrupts_are_on(void)
{
    return (read_rflags() & RFLAGS_IF) != 0;
}

SELF_TEST(spinlock_keeps_order_and_interrupts)
{
    static struct spinlock outer = SPINLOCK("test outer", LOCK_TEST_OUTER);
    static struct spinlock inner = SPINLOCK("test inner", LOCK_TEST_INNER);
    bool were_on = interrupts_are_on();

    EXPECT(this_cpu()->held == 0);
    spin_lock(&outer);
    EXPECT(!interrupts_are_on());
    EXPECT(spin_try(&inner));
    EXPECT(this_cpu()->held == &inner);
    EXPECT(!spin_try(&inner));
    spin_unlock(&outer);
    EXPECT(!interrupts_are_on());
    EXPECT(spin_is_mine(&inner) && !spin_is_mine(&outer));
    spin_unlock(&inner);
    EXPECT(interrupts_are_on() == were_on);
    EXPECT(this_cpu()->held == 0);
}
