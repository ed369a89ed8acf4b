/*
 * bgrt.h - reading the BGRT: the picture that the firmware has put on the screen (ACPI 6.5, 5.2.23).
 */
#ifndef KERNEL_BGRT_H
#define KERNEL_BGRT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define BGRT_SIGNATURE "BGRT"

struct bgrt {
    uint64_t image_paddr; /* of a BMP file */
    uint32_t x, y;        /* of its left upper corner, in pixels */
    uint32_t rotation;    /* of the panel, clockwise: 0, 90, 180 or 270 degrees */
    bool is_displayed;    /* it was on the screen when boot services were left */
};

/* False, and all 0, if there is no table, one too short, or one without a BMP file. */
/*@ requires span_ok(table) && \valid(bgrt);
    assigns *bgrt; */
bool bgrt_read(struct span table, struct bgrt *bgrt);

#endif
