/*
 * multiboot.h - reading what a Multiboot 1 loader tells (Multiboot Specification 0.6.96, 3.3).
 *
 * The information structure holds flags and addresses. multiboot_read() and multiboot_display() take their
 * bytes as a span and follow nothing; multiboot_take() follows the addresses, through the reader.
 */
#ifndef LEGACY_MULTIBOOT_H
#define LEGACY_MULTIBOOT_H

#include "kernel/boot/boot_info.h"
#include "kernel/lib/span.h"
#include "legacy/reader.h"

#define MULTIBOOT_INFO_BYTES 118

struct multiboot {
    uint32_t lower_kib, upper_kib; /* upper_kib 0: not told */
    uint32_t cmdline_paddr;        /* 0: not told; likewise all below */
    uint32_t loader_paddr;
    uint32_t map_paddr, map_bytes;
    struct span framebuffer; /* to be read by multiboot_display(); empty: not told */
    size_t color_at;         /* in it */
};

/* Reads the information structure, MULTIBOOT_INFO_BYTES long; what its flags do not announce is 0. */
/*@ requires span_ok(bytes) && \valid(multiboot);
    assigns *multiboot;
    ensures span_ok(multiboot->framebuffer) && multiboot->color_at <= 24; */
void multiboot_read(struct span bytes, struct multiboot *multiboot);

/*
 * The entry of a memory map at offset `at`, without the size that stands before it. An empty span if the map
 * ends there or the entry is cut short or too small to be one. The next lies at `at` + 4 + the entry's bytes.
 */
/*@ requires span_ok(map);
    assigns \nothing;
    ensures span_ok(\result);
    ensures \result.n > 0 ==> \result.n >= 20 && at + 4 + \result.n <= map.n; */
struct span multiboot_map_entry(struct span map, size_t at);

enum multiboot_display_error {
    MULTIBOOT_DISPLAY_OK,
    MULTIBOOT_DISPLAY_PALETTE,   /* colours by index: there is no palette to print with */
    MULTIBOOT_DISPLAY_UNKNOWN,   /* of a type that neither specification has */
    MULTIBOOT_DISPLAY_MALFORMED, /* too short, or sizes and places that cannot be */
};

/*
 * Reads a framebuffer as both versions of Multiboot tell it, from its address on; its colour fields begin at
 * `color_at`. Fills `display` if the result is MULTIBOOT_DISPLAY_OK, else leaves it alone.
 */
/*@ requires span_ok(bytes) && color_at <= 64 && \valid(display);
    assigns *display; */
enum multiboot_display_error multiboot_display(struct span bytes, size_t color_at, struct display *display);

/* The same for boot_info, with a remark if there is anything wrong. */
void multiboot_take_display(const struct reader *r, struct span bytes, size_t color_at);

/* Takes everything that the information structure at `paddr` tells. */
void multiboot_take(const struct reader *r, uint64_t paddr);

#endif
