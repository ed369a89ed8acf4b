/*
 * config.h - makes the command line from \janus.cfg. Pure.
 */
#ifndef KERNEL_CONFIG_H
#define KERNEL_CONFIG_H

#include <stddef.h>

#include "kernel/lib/span.h"

/*
 * Writes the lines of `file` to `cmdline`, side by side with one space between, and a 0 at the end: at most
 * `room` bytes with the 0 (at least 1); what does not fit is left out. Lines that begin with '#' and empty
 * lines do not count. Lines end in LF, CR or both; the file ends at a 0 byte. A UTF-8 byte order mark, which
 * Windows' Notepad writes, is skipped. All other bytes are passed on as they are.
 */
void config_cmdline(struct span file, char *cmdline, size_t room);

#endif
