/*
 * test_pages.c - pages of this machine: what is handed out is RAM, and nobody else's.
 */
#include "kernel/memory/pages.h"

#include <stddef.h>

#include "kernel/memory/address_space.h"
#include "kernel/memory/phys.h"
#include "kernel/tests/self_test.h"

#define MIB       (UINT64_C(1) << 20)
#define NUM_PAGES 1024
#define NUM_WORDS (PAGE_BYTES / sizeof(uint64_t))

static uint64_t pages[NUM_PAGES];

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
        pages[i] = pages_alloc(1, PAGE_BYTES, 0);
        all &= pages[i] != 0;
    }
    return all;
}

static __attribute__((noinline)) bool write_all(void)
{
    for (size_t i = 0; i < NUM_PAGES; i++) {
        if (word_of(pages[i], 0) == NULL)
            return false;
        *word_of(pages[i], 0) = *word_of(pages[i], NUM_WORDS - 1) = pages[i];
    }
    return true;
}

static __attribute__((noinline)) void give_all(void)
{
    for (size_t i = 0; i < NUM_PAGES; i++)
        pages_free(pages[i], 1);
}

static __attribute__((noinline)) bool all_hold_their_address(size_t word)
{
    for (size_t i = 0; i < NUM_PAGES; i++) {
        if (*word_of(pages[i], word) != pages[i])
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

SELF_TEST(phys_memory_is_ours_only)
{
    EXPECT(phys_memory(0, 1) == NULL);
    EXPECT(phys_memory(VGA_PADDR, 1) == NULL);
    EXPECT(phys_memory(DIRECT_MAP_BYTES - 1, 2) == NULL);
    EXPECT(phys_memory(UINT64_MAX, UINT64_MAX) == NULL);
    EXPECT(phys_memory(PAGE_BYTES, 0) == NULL);
}
