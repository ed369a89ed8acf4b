/*
 * test_smp.c - functions on all CPUs, and what they must see of each other's memory.
 */
#include "kernel/boot/handoff.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/smp.h"
#include "kernel/cpu/smp_start.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/memory/kernel_map.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/phys.h"
#include "kernel/tests/self_test.h"

#define NUM_ADDITIONS 1000u
#define TEST_VADDR    (MAP_BASE + (UINT64_C(1) << 40)) /* far from what kernel_map() hands out */

static uint32_t marks[SMP_MAX_CPUS];

static void mark(void *argument)
{
    (void)argument;
    __atomic_add_fetch(&marks[this_cpu()->index], 1, __ATOMIC_RELAXED);
}

static bool all_marks_are(uint32_t value)
{
    for (uint32_t i = 0; i < smp_num_cpus(); i++) {
        if (smp_runs(smp_cpu(i)) && marks[i] != value)
            return false;
    }
    return true;
}

SELF_TEST(smp_run_reaches_every_cpu)
{
    for (uint32_t i = 0; i < smp_num_cpus(); i++) {
        marks[i] = 0;
        if (smp_runs(smp_cpu(i)))
            EXPECT(smp_run(i, mark, NULL) == SMP_DONE);
    }
    EXPECT(all_marks_are(1));
    EXPECT(smp_run_all(mark, NULL) == smp_outcome.num_started);
    EXPECT(all_marks_are(2));
    EXPECT(smp_run(smp_num_cpus(), mark, NULL) == SMP_NOT_RUN);
}

static struct spinlock sum_lock = SPINLOCK("test sum", LOCK_TEST_OUTER);
static volatile uint32_t sum;

static void add(void *argument)
{
    (void)argument;
    for (uint32_t i = 0; i < NUM_ADDITIONS; i++) {
        spin_lock(&sum_lock);
        sum = sum + 1;
        spin_unlock(&sum_lock);
    }
}

SELF_TEST(smp_spinlock_loses_nothing)
{
    sum = 0;
    EXPECT(smp_run_all(add, NULL) == smp_outcome.num_started);
    EXPECT(sum == smp_outcome.num_started * NUM_ADDITIONS);
}

/* What every CPU has for itself and what it has in common with the others. */
static void check_registers(void *argument)
{
    const struct cpu *cpu = this_cpu();
    uint64_t here = (uint64_t)(uintptr_t)__builtin_frame_address(0);

    marks[cpu->index] = read_cr3() == kernel_page_tables.root_paddr &&
                        read_cr4() == *(const uint64_t *)argument && here >= cpu->stacks[IST_NONE].base &&
                        here < cpu->stacks[IST_NONE].top;
}

SELF_TEST(smp_cpus_are_alike)
{
    uint64_t cr4 = read_cr4();

    smp_run_all(check_registers, &cr4);
    EXPECT(all_marks_are(1));
}

struct reading {
    volatile const uint32_t *word;
    uint32_t expected;
};

static void read_word(void *argument)
{
    const struct reading *r = argument;

    marks[this_cpu()->index] = *r->word == r->expected;
}

/* Every CPU reads through an address that leads to one page and then to another. */
static void move_page(const uint64_t *pages)
{
    for (uint32_t i = 0; i < 2; i++) {
        struct reading r = {(const uint32_t *)(uintptr_t)TEST_VADDR, 1 + i};

        *(uint32_t *)phys_memory(pages[i], sizeof(uint32_t)) = r.expected;
        EXPECT(kernel_map_at(TEST_VADDR, pages[i], PAGE_BYTES, 0));
        smp_run_all(read_word, &r);
        EXPECT(all_marks_are(1));
        EXPECT(kernel_unmap_at(TEST_VADDR, PAGE_BYTES));
    }
}

SELF_TEST(smp_unmapped_pages_are_forgotten)
{
    uint64_t pages[] = {pages_alloc(1, PAGE_BYTES, 0), pages_alloc(1, PAGE_BYTES, 0)};

    if (EXPECT(pages[0] != 0 && pages[1] != 0))
        move_page(pages);
    for (uint32_t i = 0; i < 2; i++) {
        if (pages[i] != 0)
            pages_free(pages[i], 1);
    }
}

static void wait_for_flag(void *argument)
{
    while (!__atomic_load_n((bool *)argument, __ATOMIC_ACQUIRE))
        cpu_pause();
}

/* It costs SMP_RUN_MAX_US. Meanwhile the CPU still forgets translations, and is then as it was. */
SELF_TEST(smp_run_does_not_wait_for_ever)
{
    static bool flag; /* outlasts the call */

    if (smp_outcome.num_started < 2 || !smp_runs(smp_cpu(1))) {
        self_test_skip("one CPU");
        return;
    }
    flag = false;
    EXPECT(smp_run(1, wait_for_flag, &flag) == SMP_UNFINISHED);
    EXPECT(smp_run(1, mark, NULL) == SMP_NOT_RUN);
    smp_flush_others();
    __atomic_store_n(&flag, true, __ATOMIC_RELEASE);
    for (uint32_t tries = 0; tries < 1000000 && smp_run(1, mark, NULL) != SMP_DONE; tries++)
        cpu_pause();
    EXPECT(smp_run(1, mark, NULL) == SMP_DONE);
}
