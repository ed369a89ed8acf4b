/* units: -pthread */
/*
 * Locks between threads that take themselves for CPUs, and every mistake that is to end in a panic.
 */
#include "tests/host/host_test.h"

#include <pthread.h>

#define KERNEL_CPU_H /* a machine of threads instead */
#define RFLAGS_IF    UINT64_C(0x200)

static _Thread_local bool interrupts = true;
static uint32_t num_pauses, release_after; /* pauses */

static uint64_t read_rflags(void)
{
    return interrupts ? RFLAGS_IF : 0;
}

static void interrupts_off(void)
{
    interrupts = false;
}

static void interrupts_on(void)
{
    interrupts = true;
}

static void cpu_pause(void);

#define KERNEL_THIS_CPU_H
struct spinlock;
struct cpu {
    uint32_t index;
    bool interrupts_were_on;
    struct spinlock *held;
};

static _Thread_local struct cpu thread_cpu;

static struct cpu *this_cpu(void)
{
    return &thread_cpu;
}

/* Nothing is asked of threads. */
void smp_answer(void) {}

#include "kernel/cpu/spinlock.c"

static struct spinlock outer = SPINLOCK("outer", LOCK_TEST_OUTER);
static struct spinlock middle = SPINLOCK("middle", LOCK_PAGES);
static struct spinlock inner = SPINLOCK("inner", LOCK_TEST_INNER);

/* A holder elsewhere gives `inner` back at the pause that was asked for. */
static void cpu_pause(void)
{
    if (__atomic_add_fetch(&num_pauses, 1, __ATOMIC_RELAXED) == release_after)
        inner.holder = 0;
}

static jmp_buf panicked;
static char words[200];

_Noreturn void panic(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    longjmp(panicked, 1);
}

#define EXPECT_PANIC(statement, expected)                                                                    \
    do {                                                                                                     \
        words[0] = 0;                                                                                        \
        if (setjmp(panicked) == 0) {                                                                         \
            statement;                                                                                       \
            fail_msg("no panic");                                                                            \
        }                                                                                                    \
        assert_string_equal(words, expected);                                                                \
    } while (0)

static int reset(void **state)
{
    (void)state;
    thread_cpu = (struct cpu){.index = 3};
    outer.holder = middle.holder = inner.holder = 0;
    interrupts = true;
    num_pauses = release_after = 0;
    return 0;
}

static void test_interrupts_are_as_before(void **state)
{
    (void)state;
    spin_lock(&outer);
    assert_false(interrupts);
    spin_lock(&inner);
    spin_unlock(&outer); /* not in the order they were taken in */
    assert_false(interrupts);
    assert_true(spin_is_mine(&inner));
    spin_unlock(&inner);
    assert_true(interrupts);
    interrupts = false;
    spin_lock(&inner);
    spin_unlock(&inner);
    assert_false(interrupts);
    assert_null(thread_cpu.held);
}

static void test_three_given_back_from_the_middle(void **state)
{
    (void)state;
    spin_lock(&outer);
    spin_lock(&middle);
    spin_lock(&inner);
    spin_unlock(&middle);
    assert_ptr_equal(thread_cpu.held, &inner);
    spin_unlock(&inner);
    assert_ptr_equal(thread_cpu.held, &outer);
    spin_lock(&middle);
    spin_unlock(&middle);
    spin_unlock(&outer);
    assert_true(interrupts);
}

static void test_try(void **state)
{
    (void)state;
    assert_true(spin_try(&inner));
    assert_false(interrupts);
    assert_false(spin_try(&inner)); /* not even by the holder */
    assert_false(interrupts);
    spin_unlock(&inner);
    inner.holder = 1;
    assert_false(spin_try(&inner));
    assert_true(interrupts);
    assert_int_equal(num_pauses, 0);
}

static void test_mistakes(void **state)
{
    (void)state;
    spin_lock(&inner);
    EXPECT_PANIC(spin_lock(&inner), "lock inner taken twice");
    EXPECT_PANIC(spin_lock(&middle), "lock middle taken under lock inner");
    EXPECT_PANIC(spin_try(&outer), "lock outer taken under lock inner");
    EXPECT_PANIC(spin_unlock(&outer), "lock outer given back by CPU 3, which does not hold it");
    spin_unlock(&inner);
    EXPECT_PANIC(spin_unlock(&inner), "lock inner given back by CPU 3, which does not hold it");
    inner.holder = 1;
    EXPECT_PANIC(spin_unlock(&inner), "lock inner given back by CPU 3, which does not hold it");
}

static void test_locks_of_one_rank_exclude_each_other(void **state)
{
    struct spinlock other = SPINLOCK("other", LOCK_TEST_INNER);

    (void)state;
    spin_lock(&inner);
    EXPECT_PANIC(spin_lock(&other), "lock other taken under lock inner");
}

static void test_waits_for_the_holder(void **state)
{
    (void)state;
    inner.holder = 1;
    release_after = 100;
    spin_lock(&inner);
    assert_int_equal(num_pauses, 100);
    assert_true(spin_is_mine(&inner));
}

static void test_held_for_too_long(void **state)
{
    (void)state;
    inner.holder = 8;
    EXPECT_PANIC(spin_lock(&inner), "lock inner held by CPU 7 for too long");
    assert_int_equal(num_pauses, SPIN_MAX_PAUSES);
}

static void test_seize(void **state)
{
    (void)state;
    interrupts = false;
    inner.holder = 8;
    spin_seize(&inner); /* from a holder that does not give it back */
    assert_true(spin_is_mine(&inner));
    assert_int_equal(num_pauses, SEIZE_MAX_PAUSES);
    spin_seize(&inner);
    assert_int_equal(num_pauses, SEIZE_MAX_PAUSES); /* from itself */
    inner.holder = 8;
    num_pauses = 0;
    release_after = 5;
    spin_seize(&inner); /* from one that does */
    assert_int_equal(num_pauses, 5);
    assert_true(spin_is_mine(&inner));
}

#define NUM_THREADS 4
#define NUM_ROUNDS  20000

static uint64_t shared[2];

/* Two plain counters that only the lock keeps together. */
static void *count_up(void *index)
{
    thread_cpu.index = *(const uint32_t *)index;
    for (uint32_t i = 0; i < NUM_ROUNDS; i++) {
        if (i % 3 == 0) {
            while (!spin_try(&middle))
                ;
        } else {
            spin_lock(&middle);
        }
        shared[0]++;
        shared[1] = shared[0];
        spin_unlock(&middle);
    }
    return NULL;
}

static void test_threads(void **state)
{
    pthread_t threads[NUM_THREADS];
    uint32_t indices[NUM_THREADS];

    (void)state;
    for (uint32_t i = 0; i < NUM_THREADS; i++) {
        indices[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, &indices[i]), 0);
    }
    for (uint32_t i = 0; i < NUM_THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(shared[0], NUM_THREADS * NUM_ROUNDS);
    assert_int_equal(shared[1], shared[0]);
    assert_int_equal(middle.holder, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_interrupts_are_as_before),
        TEST(test_three_given_back_from_the_middle),
        TEST(test_try),
        TEST(test_mistakes),
        TEST(test_locks_of_one_rank_exclude_each_other),
        TEST(test_waits_for_the_holder),
        TEST(test_held_for_too_long),
        TEST(test_seize),
        TEST(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
