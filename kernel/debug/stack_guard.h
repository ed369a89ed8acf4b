/*
 * stack_guard.h - the value between a function's arrays and its return address (gcc,
 * -fstack-protector-strong).
 *
 * The compiler puts it there on the way in and compares it on the way out. It is the same for all code of the
 * image, before and after the handoff, and never changes once a route has seeded it.
 */
#ifndef KERNEL_STACK_GUARD_H
#define KERNEL_STACK_GUARD_H

#include <stdbool.h>

/* For a function that is entered before the guard is seeded, and returns. */
#define NO_STACK_GUARD __attribute__((no_stack_protector))

/*
 * Chooses the guard, first of all a route does: by RDRAND where there is one that works, mixed with the time
 * stamp counter and where the image and the stack lie; without one from these alone. Its lowest byte, the
 * first in memory, is 0: text that runs over does not bring it along.
 */
void stack_guard_seed(void);

/* True if RDRAND had a part in it. */
bool stack_guard_is_random(void);

#endif
