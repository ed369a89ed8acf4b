/*
 * bgrt.c - reading the BGRT.
 */
#include "kernel/firmware/bgrt.h"

#define STATUS        38
#define IMAGE_TYPE    39
#define IMAGE_ADDRESS 40
#define X             48
#define Y             52
#define BYTES         56

#define TYPE_BMP 0

/* In STATUS. */
#define DISPLAYED      1u
#define ROTATION_SHIFT 1

bool bgrt_read(struct span table, struct bgrt *bgrt)
{
    static const struct bgrt nothing = {0};
    uint32_t status = span_u8(table, STATUS);

    *bgrt = nothing;
    if (table.n < BYTES || span_u8(table, IMAGE_TYPE) != TYPE_BMP || span_u64(table, IMAGE_ADDRESS) == 0)
        return false;
    bgrt->image_paddr = span_u64(table, IMAGE_ADDRESS);
    bgrt->x = span_u32(table, X);
    bgrt->y = span_u32(table, Y);
    bgrt->rotation = (status >> ROTATION_SHIFT) % 4 * 90;
    bgrt->is_displayed = (status & DISPLAYED) != 0;
    return true;
}
