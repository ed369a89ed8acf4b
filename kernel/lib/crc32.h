/*
 * crc32.h - the CRC-32 of IEEE 802.3, as in zlib, gzip and PNG.
 */
#ifndef KERNEL_CRC32_H
#define KERNEL_CRC32_H

#include <stdint.h>

#include "kernel/lib/span.h"

uint32_t crc32(struct span bytes);

#endif
