/*
 * multiboot2.h - reading what a Multiboot 2 loader tells (Multiboot2 Specification 2.0, 3.6).
 *
 * The information is one piece of memory: its size, then tags, each with its type and size, at multiples of 8
 * bytes. multiboot2_read() finds the tags in a span and follows nothing; multiboot2_take() puts them into
 * boot_info.
 */
#ifndef LEGACY_MULTIBOOT2_H
#define LEGACY_MULTIBOOT2_H

#include <stdbool.h>

#include "kernel/lib/span.h"
#include "legacy/reader.h"

/* What the tags hold. An empty span or 0: not told. Of several tags of one type the last counts. */
struct multiboot2 {
    struct span cmdline, loader; /* text that ought to end in 0 */
    uint32_t lower_kib, upper_kib;
    struct span map; /* whole entries of map_entry_bytes */
    size_t map_entry_bytes;
    struct span efi_map; /* descriptors */
    size_t efi_descriptor_bytes;
    uint64_t efi_system_table, efi_image_handle;
    bool is_efi_64bit;
    struct span framebuffer;  /* to be read by multiboot_display() */
    struct span rsdp, smbios; /* copies: RSDP, newer before older, and SMBIOS entry point */
    uint64_t malformed;       /* bit n: a tag of type n too short for what it must hold, not used */
    bool is_cut_short;        /* a tag runs over the end, or there is no end tag: what follows is lost */
};

/* Reads the tags in `bytes`, which begin with the size of the whole. Whatever the bytes are, it ends. */
/*@ requires span_ok(bytes) && \valid(multiboot);
    assigns *multiboot; */
void multiboot2_read(struct span bytes, struct multiboot2 *multiboot);

/*
 * Reads the information at `paddr` into `told`, and takes from it the command line and the loader's name;
 * what is malformed becomes remarks.
 */
void multiboot2_take_words(const struct reader *r, uint64_t paddr, struct multiboot2 *told);

/* Takes everything that the information at `paddr` tells. */
void multiboot2_take(const struct reader *r, uint64_t paddr);

#endif
