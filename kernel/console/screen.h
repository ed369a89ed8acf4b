/*
 * screen.h - text on a grid of cells, and what of it has to be drawn.
 *
 * Pure: takes UTF-8 and a device that draws; knows no pixels, ports or addresses. Keeps two grids, what the
 * screen should show and what it shows, so that video memory is never read and a cell is drawn only when it
 * changes. No argument makes it touch a cell outside the grid.
 *
 * Text is drawn at once as long as it does not scroll. Scrolling is put off: the device is brought up to date
 * after one screenful of scrolled lines, or by screen_flush(). So flush before waiting for anything.
 */
#ifndef KERNEL_SCREEN_H
#define KERNEL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/console/palette.h"
#include "kernel/lib/utf8.h"

/* 3840x2160 with glyphs of 16x32 is 240x67, 1920x1200 with 8x16 240x75, a panel of 1440x2560 180x160. */
#define SCREEN_MAX_COLUMNS 256u
#define SCREEN_MAX_ROWS    160u
#define SCREEN_TAB         8u

/*
 * A cell: CELL_SET | glyph << 8 | background << 4 | foreground. Glyphs are the device's own numbers. 0 is a
 * cell of which nothing is known.
 */
#define CELL_SET (UINT32_C(1) << 31)

static inline uint32_t cell_of(uint16_t glyph, uint8_t attribute)
{
    return CELL_SET | (uint32_t)glyph << 8 | attribute;
}

static inline uint16_t cell_glyph(uint32_t cell)
{
    return (uint16_t)(cell >> 8);
}

static inline uint8_t cell_attribute(uint32_t cell)
{
    return (uint8_t)cell;
}

static inline uint8_t attribute_of(enum color foreground, enum color background)
{
    return (uint8_t)((background & 15) << 4 | (foreground & 15));
}

/* What draws. Each function must itself refuse cells outside columns x rows. */
struct screen_device {
    void *context;
    uint32_t columns, rows;

    /* The glyph that shows `code`, or what stands in for it. */
    uint16_t (*glyph)(void *context, uint32_t code);

    /*
     * Brings `n` cells of `row` from `column` on up to date: where shown[i] differs from cells[i], draws
     * cells[i] and stores it in shown[i].
     */
    void (*draw)(void *context, uint32_t row, uint32_t column, const uint32_t *cells, uint32_t *shown,
                 uint32_t n);

    /* Fills `n` cells of `row` from `column` on with a background, and the margin next to the outermost. */
    void (*clear)(void *context, uint32_t row, uint32_t column, uint32_t n, enum color background);

    /* What may wait until the first line is out; called once, before the rest is cleared. May be null. */
    void (*settle)(void *context);
};

struct screen {
    const struct screen_device *device;
    uint32_t columns, rows; /* 1..SCREEN_MAX_COLUMNS, 1..SCREEN_MAX_ROWS */
    uint32_t row, column;   /* where the next character goes; column == columns: on the next line */
    uint32_t top;           /* the row of `cells` that is shown first */
    uint32_t num_entered; /* rows of `cells` that text has reached, from the top: the rest is not filled in */
    uint32_t num_scrolled;     /* lines scrolled since the device was up to date */
    uint32_t dirty, dirty_end; /* columns of the current row that changed since */
    bool clean;                /* the device's screen was cleared */
    bool newline_pending;      /* a newline in the last row waits for text to follow it */
    uint8_t attribute;
    struct utf8 decoder;
    uint32_t plain[256];                /* cells of printable ASCII seen so far, attribute 0; others 0 */
    uint32_t blank[SCREEN_MAX_COLUMNS]; /* an empty row */
    uint32_t cells[SCREEN_MAX_ROWS][SCREEN_MAX_COLUMNS]; /* a ring of rows */
    uint32_t shown[SCREEN_MAX_ROWS][SCREEN_MAX_COLUMNS];
};

/*
 * Begins with the cursor at the top left, light gray on black, nothing drawn and nothing known about what the
 * device shows. `s` need not be cleared before; the device must stay. Of a larger device only a part is used.
 * False if the device has no cells.
 */
bool screen_init(struct screen *s, const struct screen_device *device);

/*
 * Writes `n` bytes of UTF-8. \n goes to the start of the next line (in the last row once text follows, so
 * that no row stays empty), \r to the start of this one, \b one cell back, \t fills with spaces to the next
 * multiple of 8; other control characters show as U+FFFD. Wraps at the right edge. The first call after the
 * first line clears the rest of the screen.
 */
void screen_write(struct screen *s, const uint8_t *text, size_t n);

/* Colours of what is written from now on. */
void screen_set_color(struct screen *s, enum color foreground, enum color background);

/* Clears what the device showed before and no text has overwritten. Later calls do nothing. */
void screen_clear_rest(struct screen *s);

/* Brings the device up to date, and clears the rest of it. */
void screen_flush(struct screen *s);

#endif
