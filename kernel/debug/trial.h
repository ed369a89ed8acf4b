/*
 * trial.h - provoking exceptions, to see that they are caught.
 */
#ifndef KERNEL_TRIAL_H
#define KERNEL_TRIAL_H

#include "kernel/lib/span.h"

/*
 * Does what the command-line word `trial=NAME` names, and does not come back from it but for `interrupt`,
 * which is counted; comes back if there is no such name, or nothing in this CPU that minds. The names stand
 * in trial.c.
 */
void trial_run(struct span name);

#endif
