/*
 * test_heap.c - objects on the heap of this machine.
 */
#include "kernel/memory/heap.h"

#include <stddef.h>

#include "kernel/lib/string.h"
#include "kernel/tests/self_test.h"

#define NUM_SIZES 40

/* 16 bytes and up, each a third more than the one before. */
static size_t size_of(uint32_t i)
{
    return i == 0 ? 16 : size_of(i - 1) * 4 / 3 % 50000;
}

SELF_TEST(heap_objects_are_of_their_own)
{
    struct heap_counts before = heap_count();
    uint8_t *objects[NUM_SIZES];
    bool clear = true, kept = true;

    for (uint32_t i = 0; i < NUM_SIZES; i++) {
        objects[i] = heap_alloc(size_of(i));
        if (!EXPECT(objects[i] != NULL))
            return;
        for (size_t at = 0; at < size_of(i); at++)
            clear &= objects[i][at] == 0;
        memset(objects[i], (int)i + 1, size_of(i));
    }
    EXPECT(clear);
    EXPECT(heap_count().num_objects == before.num_objects + NUM_SIZES);
    for (uint32_t i = 0; i < NUM_SIZES; i++) {
        for (size_t at = 0; at < size_of(i); at++)
            kept &= objects[i][at] == i + 1;
        heap_free(objects[i]);
    }
    EXPECT(kept);
    EXPECT(heap_count().num_objects == before.num_objects);
}
