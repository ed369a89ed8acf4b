/*
 * inflate.h - unpacks what was packed with DEFLATE (RFC 1951), as zlib does it. Pure.
 */
#ifndef KERNEL_INFLATE_H
#define KERNEL_INFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/span.h"

/*
 * Unpacks `packed`, a raw stream without zlib's or gzip's header, to `out`, which has `room` bytes. What
 * follows the last block is not looked at. Returns how many bytes that made; 0 if there is no room for them,
 * or `packed` is cut short or no such stream.
 */
size_t inflate(struct span packed, uint8_t *out, size_t room);

#endif
