/*
 * checksum.h - the sum that firmware tables carry: all bytes of a sound table add up to 0.
 */
#ifndef KERNEL_CHECKSUM_H
#define KERNEL_CHECKSUM_H

#include "kernel/lib/span.h"

static inline uint8_t checksum8(struct span bytes)
{
    unsigned sum = 0;

    for (size_t i = 0; i < bytes.n; i++)
        sum += span_u8(bytes, i);
    return (uint8_t)sum;
}

#endif
