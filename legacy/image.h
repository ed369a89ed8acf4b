/*
 * image.h - a Linux-boot-protocol image, as its loader sees it. Pure: takes bytes, touches no hardware.
 */
#ifndef LEGACY_IMAGE_H
#define LEGACY_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define IMAGE_HEADER_BYTES 1024 /* the header lies in the first two sectors */

struct image {
    uint16_t version;         /* of the boot protocol, major << 8 | minor */
    uint32_t setup_bytes;     /* real-mode part: IMAGE_HEADER_BYTES at least, whole sectors */
    uint32_t protected_bytes; /* protected-mode part, which follows; not 0 */
    uint32_t memory_bytes;    /* needed from where the protected-mode part is put; protected_bytes at least */
    uint32_t cmdline_bytes;   /* longest command line, with its 0 */
};

/*
 * Reads the header. False unless it is that of a "bzImage" of protocol 2.06 or later whose real-mode part
 * fits the place that realmode.h keeps for it.
 */
bool image_read_header(struct span header, struct image *image);

/* True if a file of `file_bytes` holds both parts. The header counts in units of 16 bytes, the last one
 * begun. */
bool image_is_complete(const struct image *image, uint32_t file_bytes);

/*
 * Fills in, in the IMAGE_HEADER_BYTES at `header`, what the protocol wants of a loader: places as in
 * realmode.h, no initial RAM disk, normal video mode.
 */
void image_write_header(uint8_t *header, const struct image *image);

#endif
