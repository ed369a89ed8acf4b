/*
 * report.h - the report: what the firmware handed over, on every console.
 *
 * Tools look for these words: the first line begins with `Janus ` and the version; one line holds `build id`
 * and 40 hex digits; one holds `entered by`, the route and the loader; the last line is `Janus ready`.
 */
#ifndef KERNEL_REPORT_H
#define KERNEL_REPORT_H

/* The first line. */
void report_banner(void);

/* Everything between the first line and the last. */
void report_machine(void);

/* The last line; brings every console up to date. */
void report_end(void);

#endif
