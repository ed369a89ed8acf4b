/*
 * test_console.c - printing from all CPUs at once. A test outside looks at the lines.
 */
#include "kernel/console/console.h"
#include "kernel/cpu/smp.h"
#include "kernel/tests/self_test.h"

#define NUM_LINES 200u

static void print_lines(void *argument)
{
    (void)argument;
    for (uint32_t i = 0; i < NUM_LINES; i++)
        printk("# cpu %u line %u, %s\n", this_cpu()->index, i, "which is to stay in one piece");
}

SELF_TEST(console_prints_from_all_cpus)
{
    uint32_t num_running = 0;

    for (uint32_t i = 0; i < smp_num_cpus(); i++)
        num_running += smp_runs(smp_cpu(i));
    EXPECT(smp_run_all(print_lines, 0) == num_running);
}
