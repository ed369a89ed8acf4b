/*
 * test_log.c - the time of each line of the log.
 */
#include "kernel/console/log.h"
#include "kernel/cpu/cpu.h"
#include "kernel/report/timeline.h"
#include "kernel/tests/self_test.h"

SELF_TEST(log_times_rise)
{
    uint64_t position = 0, last = timeline_start();
    uint32_t num_lines = 0, num_falling = 0;
    struct log_line line;

    for (; log_next_line(&position, log_end(), &line); num_lines++) {
        num_falling += line.tsc != 0 && line.tsc < last;
        last = line.tsc;
    }
    EXPECT(num_lines > 10);
    EXPECT(num_falling == 0);
    EXPECT(last <= rdtsc());
}
