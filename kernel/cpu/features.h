/*
 * features.h - what a CPU has for protecting the kernel from its own mistakes (Intel SDM vol. 3A, 2.5
 * and 4.6).
 */
#ifndef KERNEL_FEATURES_H
#define KERNEL_FEATURES_H

#include <stdbool.h>

enum feature {
    FEATURE_NX,   /* data cannot be executed */
    FEATURE_WP,   /* the kernel, too, cannot write what is read-only */
    FEATURE_SMEP, /* the kernel cannot execute what a user can reach */
    FEATURE_SMAP, /* nor read or write it unless it says so */
    FEATURE_UMIP, /* a user cannot ask where descriptor tables lie */
    FEATURE_END,
};

/*
 * Switches all of these on that CPUID announces, and what paging_enable_features() does. On each CPU, with
 * the kernel's page tables live; at any time after the handoff.
 */
void features_enable(void);

/* Whether one is on, read from the control registers of the CPU this runs on; whether CPUID announces it. */
bool feature_is_on(enum feature feature);
bool feature_is_announced(enum feature feature);

/* "NX", "WP", ... */
const char *feature_name(enum feature feature);

#endif
