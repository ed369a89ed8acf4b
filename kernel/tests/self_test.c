/*
 * self_test.c - runs the tests inside the kernel.
 */
#include "kernel/tests/self_test.h"

#include "kernel/console/console.h"
#include "kernel/debug/debug_exit.h"
#include "kernel/lib/cmdline.h"

/* kernel.ld: the rows of all SELF_TESTs. */
extern const struct self_test *const self_tests[], *const self_tests_end[];

static const struct self_test *running;
static uint32_t num_broken; /* expectations of the running test that did not hold */
static const char *skip_reason;

bool self_test_expect(bool holds, uint32_t line)
{
    if (!holds) {
        printk("# %s:%u: does not hold\n", running->file, line);
        num_broken++;
    }
    return holds;
}

void self_test_skip(const char *reason)
{
    skip_reason = reason;
}

/* True if it did not fail. */
static bool run_one(const struct self_test *test, uint32_t number)
{
    running = test;
    num_broken = 0;
    skip_reason = 0;
    test->run();
    printk("%s %u %s", num_broken == 0 ? "ok" : "not ok", number, test->name);
    if (skip_reason != 0)
        printk(" # SKIP %s", skip_reason);
    printk("\n");
    console_flush();
    return num_broken == 0;
}

static bool is_wanted(const struct self_test *test, struct span name)
{
    return name.n == 0 || cmdline_equals(name, test->name);
}

static uint32_t count_wanted(struct span name)
{
    uint32_t n = 0;

    for (const struct self_test *const *row = self_tests; row < self_tests_end; row++)
        n += is_wanted(*row, name);
    return n;
}

static bool run_wanted(struct span name)
{
    uint32_t number = 0, num_passed = 0;

    for (const struct self_test *const *row = self_tests; row < self_tests_end; row++) {
        if (is_wanted(*row, name))
            num_passed += run_one(*row, ++number);
    }
    return num_passed == number;
}

void self_test_run(struct span name)
{
    uint32_t num_wanted = count_wanted(name);

    printk("KTAP version 1\n1..%u\n", num_wanted > 0 ? num_wanted : 1);
    if (num_wanted == 0)
        printk("not ok 1 %.*s # there is no such test\n", (int)name.n, (const char *)name.p);
    bool all = num_wanted > 0 && run_wanted(name);
    console_flush();
    if (!all)
        debug_exit(DEBUG_EXIT_TESTS);
}
