/*
 * framebuffer.h - draws cells of text into a linear framebuffer.
 *
 * Only ever writes, and never outside [memory, memory + display->size_bytes): everything the display says is
 * checked once, in framebuffer_init(), and every rectangle of cells against the grid. Memory may be
 * write-combining and is written from left to right, line by line.
 */
#ifndef KERNEL_FRAMEBUFFER_H
#define KERNEL_FRAMEBUFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/boot/boot_info.h"
#include "kernel/console/psf.h"
#include "kernel/console/screen.h"

/* What a panel should at least hold; decides the size of the glyphs. */
#define FRAMEBUFFER_MIN_COLUMNS 100u
#define FRAMEBUFFER_MIN_ROWS    40u
#define FRAMEBUFFER_MAX_SCALE   4u

enum framebuffer_error {
    FRAMEBUFFER_OK,
    FRAMEBUFFER_ABSENT,    /* the display is no framebuffer, or not in memory */
    FRAMEBUFFER_BAD_DEPTH, /* not 15, 16, 24 or 32 bits per pixel */
    FRAMEBUFFER_BAD_MASKS, /* a mask is empty, has gaps, overlaps another or exceeds the pixel */
    FRAMEBUFFER_TOO_SMALL, /* not even one glyph fits */
    FRAMEBUFFER_BAD_PITCH, /* shorter than a row of pixels */
    FRAMEBUFFER_BAD_SIZE,  /* the memory does not hold the rows */
    FRAMEBUFFER_TOO_LARGE, /* more memory than the address space has room for: DISPLAY_MAX_BYTES */
    FRAMEBUFFER_BAD_FONT,  /* glyphs that are not whole bytes wide */
};

/* Four pixels, as they lie in memory. */
struct pixel_quad {
    uint64_t low, high;
};

struct framebuffer {
    volatile uint8_t *memory;
    size_t pitch_bytes;
    uint32_t width, height;           /* pixels */
    uint32_t pixel_bytes;             /* 2, 3 or 4 */
    uint32_t columns, rows;           /* cells: at least 1, at most what a screen holds */
    uint32_t cell_width, cell_height; /* pixels */
    uint32_t scale;                   /* 1, 2 or 4: pixels per pixel of the font */
    const struct psf *font;
    struct psf_index *index;
    uint32_t colors[NUM_COLORS]; /* as pixels */
    int quads_attribute;         /* the colours quads[] is made for; -1: none yet */
    struct pixel_quad quads[16]; /* what four bits of a glyph look like, leftmost in bit 3 */
};

/* True if a panel of that size holds enough cells of `cell_width` x `cell_height` pixels (not 0) to be read
 * well. */
bool framebuffer_is_roomy(const struct display *display, uint32_t cell_width, uint32_t cell_height);

/*
 * Takes the display into use, its framebuffer mapped at `memory`. The glyphs are drawn in their size, or
 * twice or four times as large if the panel is roomy even so. Draws nothing yet. On an error *fb is not to be
 * used.
 */
enum framebuffer_error framebuffer_init(struct framebuffer *fb, const struct display *display,
                                        volatile void *memory, struct psf_index *font);

/* What went wrong, in a few words for a message. */
const char *framebuffer_error_name(enum framebuffer_error error);

/* The device for screen_init(); `fb` must stay. */
struct screen_device framebuffer_device(struct framebuffer *fb);

/* Both as in struct screen_device; context is a struct framebuffer. They do nothing for cells outside the
 * grid. */
void framebuffer_draw(void *context, uint32_t row, uint32_t column, const uint32_t *cells, uint32_t *shown,
                      uint32_t n);
void framebuffer_clear(void *context, uint32_t row, uint32_t column, uint32_t n, enum color background);

#endif
