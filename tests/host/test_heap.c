/* units: kernel/memory/heap.c */
/*
 * The heap on pages of a small fake machine: objects are of their own, and what is no object is refused.
 */
#include "tests/host/host_test.h"

#include "kernel/cpu/spinlock.h"
#include "kernel/debug/panic.h"
#include "kernel/memory/heap.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/phys.h"

#define NUM_PAGES 512
#define PAGE      4096u
#define FIRST     7u /* page number of ram[0] */

static uint8_t ram[NUM_PAGES][PAGE] __attribute__((aligned(4096)));
static uint64_t lengths[NUM_PAGES]; /* of the run that begins there; UINT64_MAX inside one; 0: free */
static uint32_t num_used;

static jmp_buf after_panic;
static char panic_text[128];

_Noreturn void panic(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(panic_text, sizeof panic_text, format, args);
    va_end(args);
    longjmp(after_panic, 1);
}

static bool is_locked;

void spin_lock(struct spinlock *lock)
{
    (void)lock;
    assert_false(is_locked);
    is_locked = true;
}

void spin_unlock(struct spinlock *lock)
{
    (void)lock;
    assert_true(is_locked);
    is_locked = false;
}

static bool has_room(uint32_t first, uint64_t n)
{
    for (uint64_t i = first; i < first + n; i++) {
        if (i >= NUM_PAGES || lengths[i] != 0)
            return false;
    }
    return true;
}

uint64_t pages_alloc(uint64_t n, uint64_t align_bytes, uint64_t limit_paddr)
{
    assert_true(align_bytes <= PAGE && limit_paddr == 0 && n > 0);
    for (uint32_t first = 0; first < NUM_PAGES; first++) {
        if (!has_room(first, n))
            continue;
        for (uint64_t i = 0; i < n; i++)
            lengths[first + i] = i == 0 ? n : UINT64_MAX;
        memset(ram[first], 0xa5, n * PAGE);
        num_used += (uint32_t)n;
        return (first + FIRST) * (uint64_t)PAGE;
    }
    return 0;
}

void pages_free(uint64_t paddr, uint64_t n)
{
    assert_int_equal(lengths[paddr / PAGE - FIRST], n);
    memset(&lengths[paddr / PAGE - FIRST], 0, n * sizeof lengths[0]);
    num_used -= (uint32_t)n;
}

void *phys_memory(uint64_t paddr, size_t n)
{
    if (paddr < FIRST * PAGE || paddr + n > (FIRST + NUM_PAGES) * PAGE)
        return NULL;
    return (uint8_t *)ram + (paddr - FIRST * PAGE);
}

uint64_t phys_address(const void *pointer)
{
    uintptr_t offset = (uintptr_t)pointer - (uintptr_t)ram;

    return offset < sizeof ram ? offset + FIRST * PAGE : 0;
}

#define NUM_OBJECTS 400

static struct {
    uint8_t *p;
    size_t n;
} objects[NUM_OBJECTS];

static void take(uint32_t i, size_t n)
{
    uint8_t *p = heap_alloc(n);

    if (p == NULL)
        return;
    assert_int_equal((uintptr_t)p % 16, 0);
    assert_int_not_equal(phys_address(p), 0);
    for (size_t at = 0; at < n; at++)
        assert_int_equal(p[at], 0);
    memset(p, (int)(i % 255 + 1), n);
    objects[i].p = p;
    objects[i].n = n;
}

static void give(uint32_t i)
{
    for (size_t at = 0; at < objects[i].n; at++)
        assert_int_equal(objects[i].p[at], i % 255 + 1);
    heap_free(objects[i].p);
    objects[i].p = NULL;
}

static void give_all(void)
{
    for (uint32_t i = 0; i < NUM_OBJECTS; i++) {
        if (objects[i].p != NULL)
            give(i);
    }
}

static void expect_refused(void *p, const char *why)
{
    char text[128];

    snprintf(text, sizeof text, "heap_free(0x%llx): %s", (unsigned long long)(uintptr_t)p, why);
    panic_text[0] = 0;
    if (setjmp(after_panic) == 0)
        heap_free(p);
    assert_string_equal(panic_text, text);
    is_locked = false;
}

/* Any sizes in any order; in the end no more is kept than a page for each size. */
static void test_random_play(void **state)
{
    uint64_t seed = 17;

    (void)state;
    for (uint32_t step = 0; step < 40000; step++) {
        uint32_t i = (uint32_t)(random_u64(&seed) % NUM_OBJECTS);

        if (objects[i].p == NULL)
            take(i, random_u64(&seed) % (random_u64(&seed) % 8 == 0 ? 20000 : 2100));
        else
            give(i);
        assert_int_equal(heap_count().num_pages, num_used);
    }
    give_all();
    assert_int_equal(heap_count().num_objects, 0);
    assert_true(num_used <= 15);
}

static void test_every_size(void **state)
{
    (void)state;
    for (size_t n = 0; n < 3 * PAGE; n++) {
        take(0, n);
        take(1, n);
        assert_non_null(objects[1].p);
        assert_int_equal(heap_count().num_objects, 2);
        give_all();
    }
}

static void test_exhaustion(void **state)
{
    uint32_t n = 0;

    (void)state;
    for (; n < NUM_OBJECTS; n++) {
        take(n, 2016);
        take(++n, 6000);
        if (objects[n].p == NULL)
            break;
    }
    assert_true(n < NUM_OBJECTS);
    assert_null(heap_alloc(NUM_PAGES * PAGE));
    assert_null(heap_alloc(SIZE_MAX));
    assert_null(heap_alloc(UINT64_C(1) << 46));
    give_all();
    assert_true(num_used <= 15);
}

static void test_refused(void **state)
{
    static uint64_t not_ours;

    (void)state;
    for (size_t n = 1; n < 10000; n = n * 2 + 3) {
        take(0, n);
        take(1, n);
        uint8_t *p = objects[0].p;
        expect_refused(p + 1, "inside an object");
        expect_refused(p + 8, "inside an object");
        expect_refused((uint8_t *)((uintptr_t)p & ~(uintptr_t)(PAGE - 1)), "inside an object");
        give(0);
        expect_refused(p, n <= 2016 ? "free already" : "not the heap's");
        give(1);
    }
    expect_refused(&not_ours, "not the heap's");
    expect_refused((void *)1, "not the heap's");
    expect_refused(ram[NUM_PAGES - 1] + 64, "not the heap's");
    heap_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_play),
        cmocka_unit_test(test_every_size),
        cmocka_unit_test(test_exhaustion),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
