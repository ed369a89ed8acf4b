/*
 * stack_guard.c - choosing the stack guard, and what happens when it is gone.
 *
 * Entered before and after the handoff, at the address a loader chose or at IMAGE_BASE.
 */
#include "kernel/debug/stack_guard.h"

#include <stdint.h>

#include "kernel/boot/section.h"
#include "kernel/console/serial.h"
#include "kernel/cpu/cpu.h"
#include "kernel/debug/panic.h"
#include "kernel/debug/symbols.h"
#include "kernel/memory/address_space.h"

#define CPUID_RDRAND_ECX 30 /* leaf 1 */
#define RDRAND_TRIES     10 /* Intel SDM vol. 1, 7.3.17.1 */

/* The compiler's names. */
uint64_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);

static bool is_random;

/* Every bit of the result depends on every bit of `x` (the finalizer of SplitMix64). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* 0 if there is none. Some CPUs say that it worked and give all ones. */
static uint64_t random_word(void)
{
    uint64_t value = 0;

    if (!(cpuid(1, 0).ecx >> CPUID_RDRAND_ECX & 1))
        return 0;
    for (int i = 0; i < RDRAND_TRIES; i++) {
        if (rdrand(&value) && value != 0 && value != UINT64_MAX)
            return value;
    }
    return 0;
}

NO_STACK_GUARD void stack_guard_seed(void)
{
    uint64_t random = random_word(), stack = (uint64_t)(uintptr_t)__builtin_frame_address(0);
    uint64_t value = mix(mix(mix(rdtsc()) ^ (uint64_t)(uintptr_t)image_start) ^ stack) ^ random;

    is_random = random != 0;
    __stack_chk_guard = value & ~UINT64_C(0xff);
}

bool stack_guard_is_random(void)
{
    return is_random;
}

/* Called by the compiler's code at the end of a function: its return address is not to be trusted. */
_Noreturn void __stack_chk_fail(void)
{
    uint64_t address = (uint64_t)(uintptr_t)__builtin_return_address(0);

    if (address < IMAGE_BASE) {
        serial_last_words("Janus: stack smashed before the handoff, halted");
        halt_forever();
    }
    struct span table = span_of(symbol_table, (size_t)(symbol_table_end - symbol_table));
    panic("stack smashed in %s", symbol_find(table, (uint32_t)(address - 1 - IMAGE_BASE)).name);
}
