/*
 * timeline.h - time stamps of the boot, continued after the handoff.
 */
#ifndef KERNEL_TIMELINE_H
#define KERNEL_TIMELINE_H

#include <stdint.h>

#include "kernel/boot/boot_info.h"

/* Notes the time stamp counter for `step`. */
void timeline_mark(enum boot_step step);

/* Time stamp of a step, from boot_info or from timeline_mark(); 0 if it did not happen. */
uint64_t timeline_at(enum boot_step step);

/* Time stamp of the first step that happened. */
uint64_t timeline_start(void);

#endif
