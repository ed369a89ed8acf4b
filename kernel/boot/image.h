/*
 * image.h - what the image knows about itself.
 */
#ifndef KERNEL_IMAGE_H
#define KERNEL_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#define JANUS_VERSION "0.1.0"

#define BUILD_ID_BYTES 20

struct image_check {
    uint32_t computed; /* CRC-32 of .text and .rodata as they lie in memory */
    uint32_t expected; /* the same, put into the file by kernel/boot/seal.py */
};

/* True if the read-only part of the image is what was built. */
bool image_is_intact(struct image_check *check);

/* The linker's SHA-1 build id as 40 hex digits and a 0. */
void image_build_id(char hex[2 * BUILD_ID_BYTES + 1]);

#endif
