/*
 * test_pages.c - pages of this machine: what is handed out is RAM, and nobody else's.
 */
#include "kernel/memory/pages.h"

#include <stddef.h>

#include "kernel/cpu/smp.h"
#include "kernel/memory/address_space.h"
#include "kernel/memory/phys.h"
#include "kernel/tests/self_test.h"

#define MIB       (UINT64_C(1) << 20)
#define NUM_PAGES 1024
#define NUM_RUNS  16
#define NUM_STEPS 4000
#define NUM_WORDS (PAGE_BYTES / sizeof(uint64_t))

static uint64_t taken_pages[NUM_PAGES]; /* tests/boot/test_pages.py reads this, too */

/* A word of a page that no other page has. */
static uint64_t *word_of(uint64_t paddr, size_t i)
{
    uint64_t *p = phys_memory(paddr, PAGE_BYTES);

    return p == NULL ? NULL : p + i;
}

/* Functions of their own for tests/bench, which counts the instructions between them. */
static __attribute__((noinline)) bool take_all(void)
{
    bool all = true;

    for (size_t i = 0; i < NUM_PAGES; i++) {
        taken_pages[i] = pages_alloc(1, PAGE_BYTES, 0);
        all &= taken_pages[i] != 0;
    }
    return all;
}

static __attribute__((noinline)) bool write_all(void)
{
    for (size_t i = 0; i < NUM_PAGES; i++) {
        if (word_of(taken_pages[i], 0) == NULL)
            return false;
        *word_of(taken_pages[i], 0) = *word_of(taken_pages[i], NUM_WORDS - 1) = taken_pages[i];
    }
    return true;
}

static __attribute__((noinline)) void give_all(void)
{
    for (size_t i = 0; i < NUM_PAGES; i++)
        pages_free(taken_pages[i], 1);
}

static __attribute__((noinline)) bool all_hold_their_address(size_t word)
{
    for (size_t i = 0; i < NUM_PAGES; i++) {
        if (*word_of(taken_pages[i], word) != taken_pages[i])
            return false;
    }
    return true;
}

SELF_TEST(pages_are_ram_of_their_own)
{
    struct page_counts before = pages_count();

    if (!EXPECT(take_all()) || !EXPECT(write_all()))
        return;
    EXPECT(pages_count().num_free == before.num_free - NUM_PAGES);
    give_all();
    EXPECT(all_hold_their_address(0) && all_hold_their_address(NUM_WORDS - 1));
    EXPECT(pages_count().num_free == before.num_free);
    EXPECT(pages_count().num_used_peak >= NUM_PAGES);
}

SELF_TEST(pages_lie_where_asked)
{
    struct page_counts before = pages_count();
    uint64_t low = pages_alloc(1, PAGE_BYTES, MIB), dma = pages_alloc(3, PAGE_BYTES, 16 * MIB);
    uint64_t large = pages_alloc(512, 2 * MIB, 0);

    EXPECT(low >= PAGE_BYTES && low < 640 * 1024);
    EXPECT(dma >= PAGE_BYTES && dma + 3 * PAGE_BYTES <= 16 * MIB);
    EXPECT(large >= MIB && large % (2 * MIB) == 0);
    pages_free(large, 512);
    pages_free(dma, 3);
    pages_free(low, 1);
    EXPECT(pages_count().num_free == before.num_free);
}

/* A page or some, marked at both ends; 0 pages: none. */
struct run {
    uint64_t paddr, num_pages;
};

static uint64_t *last_word(const struct run *run)
{
    return word_of(run->paddr + (run->num_pages - 1) * PAGE_BYTES, NUM_WORDS - 1);
}

/* No other CPU, and no other run of this one, has this. */
static uint64_t mark_of(const struct run *run)
{
    return (uint64_t)this_cpu()->index << 56 | run->paddr;
}

static bool take_run(struct run *run, uint64_t num_pages)
{
    uint64_t paddr = pages_alloc(num_pages, PAGE_BYTES, 0);

    if (paddr == 0)
        return false;
    *run = (struct run){paddr, num_pages};
    *word_of(paddr, 0) = *last_word(run) = mark_of(run);
    return true;
}

static bool give_run(struct run *run)
{
    bool kept = *word_of(run->paddr, 0) == mark_of(run) && *last_word(run) == mark_of(run);

    pages_free(run->paddr, run->num_pages);
    run->num_pages = 0;
    return kept;
}

/* On every CPU at once; `argument`: how many of them are content. */
static void take_and_give(void *argument)
{
    struct run runs[NUM_RUNS] = {{0, 0}};
    uint32_t random = this_cpu()->index;
    bool well = true;

    for (uint32_t i = 0; i < NUM_STEPS; i++) {
        random = random * 1664525 + 1013904223; /* Knuth's and Lewis's; the high bits are the better ones */
        struct run *run = &runs[random >> 20 & (NUM_RUNS - 1)];
        uint64_t num_pages = random >> 31 ? 1 : 1 + (random >> 24 & 15);
        well &= run->num_pages != 0 ? give_run(run) : take_run(run, num_pages);
    }
    for (uint32_t i = 0; i < NUM_RUNS; i++) {
        if (runs[i].num_pages != 0)
            well &= give_run(&runs[i]);
    }
    __atomic_add_fetch((uint32_t *)argument, well, __ATOMIC_RELAXED);
}

SELF_TEST(pages_for_all_cpus_at_once)
{
    uint64_t num_free = pages_count().num_free;
    uint32_t num_well = 0, num_done = smp_run_all(take_and_give, &num_well);

    EXPECT(num_done >= 1 && num_well == num_done);
    EXPECT(pages_count().num_free == num_free);
}

SELF_TEST(phys_memory_is_ours_only)
{
    EXPECT(phys_memory(0, 1) == NULL);
    EXPECT(phys_memory(VGA_PADDR, 1) == NULL);
    EXPECT(phys_memory(DIRECT_MAP_BYTES - 1, 2) == NULL);
    EXPECT(phys_memory(UINT64_MAX, UINT64_MAX) == NULL);
    EXPECT(phys_memory(PAGE_BYTES, 0) == NULL);
}
