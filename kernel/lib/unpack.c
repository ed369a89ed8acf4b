/*
 * unpack.c - reads what fonts/pack.py packed.
 */
#include "kernel/lib/unpack.h"

#define UNIT_BYTES   2u
#define FIRST_REPEAT 0x80u
#define REPEAT_BIAS  126u

size_t unpack(struct span packed, uint8_t *out, size_t room)
{
    size_t used = 0;

    for (size_t at = 0; at < packed.n;) {
        uint8_t head = span_u8(packed, at);
        size_t step = head < FIRST_REPEAT ? UNIT_BYTES : 0; /* from one unit to the next in `packed` */
        size_t num_units = head < FIRST_REPEAT ? head + 1u : head - REPEAT_BIAS;
        size_t num_bytes = step != 0 ? num_units * UNIT_BYTES : UNIT_BYTES;

        if (num_bytes > packed.n - at - 1 || num_units * UNIT_BYTES > room - used)
            return 0;
        for (size_t i = 0; i < num_units; i++) {
            out[used++] = span_u8(packed, at + 1 + i * step);
            out[used++] = span_u8(packed, at + 2 + i * step);
        }
        at += 1 + num_bytes;
    }
    return used;
}
