/*
 * print_log.h - the log, printed with the time of each line.
 */
#ifndef KERNEL_PRINT_LOG_H
#define KERNEL_PRINT_LOG_H

#include <stdint.h>

#include "kernel/lib/span.h"

/*
 * Prints the lines from byte `position` of the log on that begin before byte `end`, each behind its time
 * since the first step of the boot.
 */
void print_log_lines(uint64_t position, uint64_t end);

/*
 * The command-line word `log`: the log so far, of a long one the last half, for what is printed goes into the
 * log, too.
 */
void print_log_run(struct span value);

#endif
