/*
 * psf.h - reads a PC Screen Font, version 2, and finds glyphs by code point.
 *
 * Format: the header, `length` bitmaps of `charsize` bytes each (rows from the top, each row padded to whole
 * bytes, leftmost pixel in bit 7), then for each glyph its code points in UTF-8, after an 0xfe sequences of
 * several code points, and 0xff to end it (kbd, src/psf.h; https://wiki.osdev.org/PC_Screen_Font).
 */
#ifndef KERNEL_PSF_H
#define KERNEL_PSF_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define PSF_MIN_WIDTH  8
#define PSF_MAX_WIDTH  32
#define PSF_MAX_HEIGHT 64
#define PSF_MAX_GLYPHS 0xfffeu

enum psf_error {
    PSF_OK,
    PSF_TRUNCATED,  /* shorter than its header says */
    PSF_NOT_PSF2,   /* wrong magic, version or header size */
    PSF_BAD_SIZE,   /* glyph size out of range, or charsize not what width and height need */
    PSF_BAD_GLYPHS, /* no glyphs, or more than PSF_MAX_GLYPHS */
    PSF_NO_TABLE,   /* no Unicode table */
};

struct psf {
    uint32_t width, height; /* of a glyph, pixels: 8..32 and 1..64 */
    uint32_t row_bytes;     /* from one row of a glyph to the next: 1..4 */
    uint32_t glyph_bytes;   /* row_bytes * height */
    uint32_t num_glyphs;    /* 1..PSF_MAX_GLYPHS */
    struct span glyphs;     /* num_glyphs * glyph_bytes */
    struct span table;      /* the Unicode table, not yet looked at */
};

/* Reads the header of `file` and checks all sizes. On an error *font is not to be used. */
enum psf_error psf_open(struct psf *font, struct span file);

/* What went wrong, in a few words for a message. */
const char *psf_error_name(enum psf_error error);

/* The bitmap of glyph `index`: font->glyph_bytes bytes; those of glyph 0 if there is no such glyph. */
struct span psf_glyph(const struct psf *font, uint32_t index);

#define PSF_INDEX_DIRECT 0x100u /* code points below it are found without a search */
#define PSF_INDEX_MAX    512u   /* other code points an index has room for */

struct psf_entry {
    uint32_t code;
    uint16_t glyph;
};

/* Which glyph shows a code point. Grows as far into the font's table as it was asked for. */
struct psf_index {
    const struct psf *font;
    uint32_t position;    /* in font->table, bytes */
    uint32_t next_glyph;  /* whose code points come next in the table */
    uint32_t num_entries; /* 0..PSF_INDEX_MAX */
    uint32_t num_dropped; /* code points for which there was no room */
    uint16_t direct[PSF_INDEX_DIRECT];
    struct psf_entry entries[PSF_INDEX_MAX]; /* by ascending code point */
};

/* Begins an index of `font`, which must stay. Need not be cleared before. */
void psf_index(struct psf_index *index, const struct psf *font);

/*
 * The glyph for `code`, or for U+FFFD, or for '?', or 0: always below font->num_glyphs. Where the table gives
 * a code point twice the first glyph counts; sequences and ill-formed UTF-8 in the table are passed over.
 */
uint16_t psf_find(struct psf_index *index, uint32_t code);

/* True if the font has a glyph for `code` itself. */
bool psf_has(struct psf_index *index, uint32_t code);

#endif
