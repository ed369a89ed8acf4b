/*
 * spinlock.h - a lock for data that more than one CPU, or an interrupt handler, works on.
 *
 * While a CPU holds any, its interrupts are off; they are as before once it has given back the last one. So a
 * handler may take locks, and may not be waited for under one: neither it nor another CPU that waits for the
 * same lock answers an interrupt.
 *
 * Mistakes end in a panic that names the locks: one CPU takes a lock twice, or two in the wrong order; a lock
 * is given back by a CPU that does not hold it; it is held longer than anything here takes.
 */
#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Every lock of the kernel, from the outermost to the innermost: while a CPU holds one it may take only what
 * stands further down. A new lock gets a line here.
 */
enum lock_rank {
    LOCK_TEST_OUTER, /* the self tests' own */
    LOCK_DEVICES,
    LOCK_HEAP,
    LOCK_KERNEL_MAP,
    LOCK_PAGES,
    LOCK_SMP,
    LOCK_INTERRUPTS,
    LOCK_PCI,
    LOCK_TEST_INNER,
    LOCK_CONSOLE, /* last: whoever holds whatever may print */
};

struct spinlock {
    const char *name;
    enum lock_rank rank;
    uint32_t holder;        /* index of the CPU + 1; 0: free */
    struct spinlock *outer; /* what the same CPU took before and still holds */
};

/* static struct spinlock lock = SPINLOCK("pages", LOCK_PAGES); */
#define SPINLOCK(its_name, its_rank)                                                                         \
    {                                                                                                        \
        .name = (its_name), .rank = (its_rank)                                                               \
    }

/* How often a CPU looks before it gives up: some seconds. The longest that is done under a lock is one redraw
 * of a large screen. */
#define SPIN_MAX_PAUSES (UINT32_C(1) << 28)

/* Waits for the lock. */
void spin_lock(struct spinlock *lock);

/* True if the lock was free and is now held; does not wait. Order counts here, too. */
bool spin_try(struct spinlock *lock);

void spin_unlock(struct spinlock *lock);

/* True if this CPU holds the lock. */
bool spin_is_mine(const struct spinlock *lock);

/*
 * For the CPU that panics: waits for the lock a little, then takes it whoever holds it, and never gives it
 * back. Checks nothing and cannot panic; interrupts must be off.
 */
void spin_seize(struct spinlock *lock);

#endif
