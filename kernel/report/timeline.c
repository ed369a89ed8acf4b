/*
 * timeline.c - time stamps of the boot, continued after the handoff.
 */
#include "kernel/report/timeline.h"

#include "kernel/cpu/cpu.h"

static uint64_t marks[BOOT_NUM_STEPS];

void timeline_mark(enum boot_step step)
{
    marks[step] = rdtsc();
}

uint64_t timeline_at(enum boot_step step)
{
    return marks[step] != 0 ? marks[step] : boot_info.timeline[step];
}

uint64_t timeline_start(void)
{
    for (enum boot_step step = 0; step < BOOT_NUM_STEPS; step++) {
        if (timeline_at(step) != 0)
            return timeline_at(step);
    }
    return 0;
}
