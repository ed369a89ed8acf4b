/*
 * device_path.h - what a device path says about where an image came from (UEFI 2.10, 10.3). Pure.
 */
#ifndef EFI_DEVICE_PATH_H
#define EFI_DEVICE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/lib/span.h"

/* A path does not tell how long it is: so many bytes are looked at, and no more. */
#define DEVICE_PATH_MAX_BYTES 2048

#define DEVICE_PATH_GUID_BYTES 16

/* The bytes of the path at `path`; none if that is null. */
static inline struct span device_path_span(const void *path)
{
    return span_of(path, path == NULL ? 0 : DEVICE_PATH_MAX_BYTES);
}

/* True if the path begins with a file of a firmware volume (PI 1.7, vol. 3, 3.2.2.2): part of the firmware
 * itself. */
bool device_path_is_firmware_file(struct span path);

/* True if one of its nodes is the vendor-defined media of this GUID, DEVICE_PATH_GUID_BYTES as they lie in
 * memory. */
bool device_path_has_vendor_media(struct span path, struct span guid);

/*
 * Writes the file that the path names to `text`, at most `size` bytes with the 0 at its end (at least 1): its
 * File Path nodes, a backslash between two that have none. What is not printable ASCII becomes '?', what does
 * not fit is left out. Returns its length; 0: the path names no file.
 */
size_t device_path_file(struct span path, char *text, size_t size);

#endif
