/*
 * self_test.c - runs the tests inside the kernel.
 */
#include "kernel/tests/self_test.h"

#include "kernel/console/console.h"
#include "kernel/debug/debug_exit.h"
#include "kernel/lib/cmdline.h"

/* kernel.ld: the rows of all SELF_TESTs. */
extern const struct self_test self_tests[], self_tests_end[];

static uint32_t num_broken; /* expectations of the running test that did not hold */
static const char *skip_reason;

bool self_test_expect(bool holds, const char *text, const char *file, uint32_t line)
{
    if (!holds) {
        printk("# %s:%u: expected %s\n", file, line, text);
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

    for (const struct self_test *test = self_tests; test < self_tests_end; test++)
        n += is_wanted(test, name);
    return n;
}

static bool run_wanted(struct span name)
{
    uint32_t number = 0, num_passed = 0;

    for (const struct self_test *test = self_tests; test < self_tests_end; test++) {
        if (is_wanted(test, name))
            num_passed += run_one(test, ++number);
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
