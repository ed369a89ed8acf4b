/*
 * crc32.h - the CRC-32 of IEEE 802.3, as in zlib, gzip and PNG.
 */
#ifndef KERNEL_CRC32_H
#define KERNEL_CRC32_H

#include <stdint.h>

#include "kernel/lib/span.h"

uint32_t crc32(struct span bytes);

/* The CRC-32 of what `crc` is the CRC-32 of, 0 for nothing, with `bytes` behind it. */
uint32_t crc32_update(uint32_t crc, struct span bytes);

#endif
