/*
 * s5.h - reading how to switch the machine off: the package _S5_ in DSDT or SSDT (ACPI 6.5, 7.4.2 and 20.2).
 *
 * No interpreter: looks for the bytes of `Name (_S5_, Package {...})` whose elements are constants, as every
 * firmware has it. A package that a method would compute is not found.
 */
#ifndef KERNEL_S5_H
#define KERNEL_S5_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

struct s5 {
    uint8_t slp_typ_a, slp_typ_b; /* for bits 10 to 12 of PM1a and PM1b control; below 8 */
};

/* The first sound _S5_ in `aml`, a DSDT or SSDT with its header or without. False, and nothing set, if there
 * is none. */
/*@ requires span_ok(aml) && \valid(s5);
    assigns *s5; */
bool s5_read(struct span aml, struct s5 *s5);

#endif
