/*
 * print_log.c - the log, printed with the time of each line.
 */
#include "kernel/report/print_log.h"

#include "kernel/console/console.h"
#include "kernel/console/log.h"
#include "kernel/cpu/clock.h"
#include "kernel/report/timeline.h"

typedef unsigned long long ull;

/* Seconds, or thousands of ticks as long as nobody knows how many make a second. */
static void print_time(uint64_t tsc)
{
    uint64_t start = timeline_start(), us = clock_ns(tsc - start) / 1000;

    if (tsc < start)
        printk("[           ?] ");
    else if (clock_tsc_hz == 0)
        printk("[%9llu kc] ", (ull)(tsc - start) / 1000);
    else
        printk("[%5llu.%06llu] ", (ull)us / 1000000, (ull)us % 1000000);
}

void print_log_lines(uint64_t position, uint64_t end)
{
    struct log_line line;

    while (log_next_line(&position, end, &line)) {
        print_time(line.tsc);
        printk("%.*s%.*s\n", (int)line.text[0].n, (const char *)line.text[0].p, (int)line.text[1].n,
               (const char *)line.text[1].p);
    }
}

void print_log_run(struct span value)
{
    uint64_t end = log_end();

    (void)value;
    print_log_lines(end > LOG_BYTES / 2 ? end - LOG_BYTES / 2 : 0, end);
    console_flush();
}
