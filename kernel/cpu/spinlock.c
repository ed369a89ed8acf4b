/*
 * spinlock.c - test and set, with the holder as the value.
 */
#include "kernel/cpu/spinlock.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/smp.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/debug/panic.h"

#define SEIZE_MAX_PAUSES (UINT32_C(1) << 20) /* a line is printed in less */

static uint32_t holder_of(const struct spinlock *lock)
{
    return __atomic_load_n(&lock->holder, __ATOMIC_RELAXED);
}

bool spin_is_mine(const struct spinlock *lock)
{
    return holder_of(lock) == this_cpu()->index + 1;
}

/* Looks before it writes: who only waits leaves the cache line to the holder. */
static bool take(struct spinlock *lock)
{
    uint32_t free = 0;

    return holder_of(lock) == 0 && __atomic_compare_exchange_n(&lock->holder, &free, this_cpu()->index + 1,
                                                               false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* Interrupts are off from here on. True if they were on. */
static bool begin(void)
{
    bool were_on = (read_rflags() & RFLAGS_IF) != 0;

    interrupts_off();
    return were_on;
}

static void check_order(const struct spinlock *lock)
{
    const struct spinlock *held = this_cpu()->held;

    if (held != NULL && held->rank >= lock->rank)
        panic("lock %s taken under lock %s", lock->name, held->name);
}

/* The lock is ours. */
static void keep(struct spinlock *lock, bool interrupts_were_on)
{
    struct cpu *cpu = this_cpu();

    if (cpu->held == NULL)
        cpu->interrupts_were_on = interrupts_were_on;
    lock->outer = cpu->held;
    cpu->held = lock;
}

void spin_lock(struct spinlock *lock)
{
    bool were_on = begin();

    if (spin_is_mine(lock))
        panic("lock %s taken twice", lock->name);
    check_order(lock);
    for (uint32_t pauses = 0; !take(lock); pauses++) {
        if (pauses >= SPIN_MAX_PAUSES)
            panic("lock %s held by CPU %u for too long", lock->name, holder_of(lock) - 1);
        smp_answer();
        cpu_pause();
    }
    keep(lock, were_on);
}

bool spin_try(struct spinlock *lock)
{
    bool were_on = begin();

    if (!spin_is_mine(lock)) {
        check_order(lock);
        if (take(lock)) {
            keep(lock, were_on);
            return true;
        }
    }
    if (were_on)
        interrupts_on();
    return false;
}

/* Takes the lock out of the list of those held; usually it is the first. */
static void forget(const struct spinlock *lock)
{
    struct spinlock **link = &this_cpu()->held;

    while (*link != NULL && *link != lock)
        link = &(*link)->outer;
    if (*link != NULL)
        *link = lock->outer;
}

void spin_unlock(struct spinlock *lock)
{
    const struct cpu *cpu = this_cpu();

    if (!spin_is_mine(lock))
        panic("lock %s given back by CPU %u, which does not hold it", lock->name, cpu->index);
    forget(lock);
    __atomic_store_n(&lock->holder, 0, __ATOMIC_RELEASE);
    if (cpu->held == NULL && cpu->interrupts_were_on)
        interrupts_on();
}

void spin_seize(struct spinlock *lock)
{
    for (uint32_t pauses = 0; !spin_is_mine(lock) && !take(lock) && pauses < SEIZE_MAX_PAUSES; pauses++)
        cpu_pause();
    __atomic_store_n(&lock->holder, this_cpu()->index + 1, __ATOMIC_RELAXED);
}
