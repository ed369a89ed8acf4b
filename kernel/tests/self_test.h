/*
 * self_test.h - tests inside the running kernel, told as KTAP (Linux, Documentation/dev-tools/ktap.rst).
 *
 * A test is a function behind SELF_TEST in a file of this folder; nothing else has to know of it. It runs
 * after the report, in a kernel with everything switched on, and leaves the machine as it found it.
 */
#ifndef KERNEL_SELF_TEST_H
#define KERNEL_SELF_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

struct self_test {
    const char *name, *file;
    void (*run)(void);
};

/* SELF_TEST(name) { ... }: a test of that name, which is a C identifier and unique in the kernel. */
#define SELF_TEST(test)                                                                                      \
    static void test(void);                                                                                  \
    static const struct self_test test##_test = {#test, __FILE__, test};                                     \
    static const struct self_test *const test##_row __attribute__((section(".self_tests"), used)) =          \
        &test##_test;                                                                                        \
    static void test(void)

/* Fails the running test unless `condition` holds; the test goes on. True if it holds. */
#define EXPECT(condition) self_test_expect((condition), __LINE__)

bool self_test_expect(bool holds, uint32_t line);

/* Marks the running test as skipped, for want of what `reason` names; it should then return. */
void self_test_skip(const char *reason);

/*
 * The command-line word `test` runs all tests, `test=NAME` the one of that name: on every console a version
 * line, the plan, a line for each test, and in front of a failed one the line of what did not hold. A name
 * that no test has is a failed test. Leaves QEMU with DEBUG_EXIT_TESTS when one failed and the command line
 * holds `exit`.
 */
void self_test_run(struct span name);

#endif
