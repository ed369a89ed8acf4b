/*
 * screen.c - the first signs of life on the screen: the banner in VGA text memory, the first glyph in a
 * framebuffer.
 *
 * Called after each store, so that the screen's own memory tells what was written.
 */
#include <string.h>

#include "meter.h"

#define TEXT_PADDR 0xb8000u
#define NUM_CELLS  (0x8000u / 2)
#define CELL_BYTES                                                                                           \
    4u /* of video memory: a byte of each plane, the character's first (IBM VGA technical reference) */

const char *banner = "";

static uint8_t shadow[NUM_CELLS]; /* characters as last seen */
static struct figures stamps[NUM_CELLS];
static bool banner_seen, pixel_seen, second_color_seen;
static uint32_t first_color;

static uint8_t character(uint64_t cell)
{
    return video.bytes[cell * CELL_BYTES];
}

void screen_begin(void)
{
    if (video.bytes == NULL)
        return;
    for (uint64_t cell = 0; cell < NUM_CELLS; cell++)
        shadow[cell] = character(cell);
}

/* The banner with `cell` somewhere in it; the event counts from when its first character was written. */
static void look_for_banner(uint64_t cell)
{
    size_t length = strlen(banner);

    for (size_t before = 0; before < length && before <= cell; before++) {
        uint64_t first = cell - before;

        if (first + length > NUM_CELLS || memcmp(shadow + first, banner, length) != 0)
            continue;
        banner_seen = true;
        event("banner", stamps[first], "");
        return;
    }
}

void screen_text_store(uint64_t paddr, unsigned n)
{
    if (video.bytes == NULL || paddr < TEXT_PADDR)
        return;
    uint64_t first = (paddr - TEXT_PADDR) / 2, last = (paddr + n - 1 - TEXT_PADDR) / 2;

    for (uint64_t cell = first; cell <= last && cell < NUM_CELLS; cell++) {
        if (character(cell) == shadow[cell])
            continue;
        shadow[cell] = character(cell);
        stamps[cell] = figures_now();
        if (!banner_seen)
            look_for_banner(cell);
    }
}

static uint32_t pixel_at(uint64_t offset)
{
    uint32_t pixel;

    memcpy(&pixel, video.bytes + offset, sizeof pixel);
    return pixel;
}

/* Pixels of four bytes. The first ones clear the screen or draw what is behind the glyphs: a second colour is
 * ink. */
void screen_pixel_store(uint64_t offset, unsigned n)
{
    if (second_color_seen || !boot_services_exited)
        return;
    for (uint64_t at = offset & ~(uint64_t)3; at < offset + n; at += sizeof(uint32_t)) {
        uint32_t color = pixel_at(at);

        if (!pixel_seen) {
            pixel_seen = true;
            first_color = color;
            event("pixel", figures_now(), "");
        }
        if (color != first_color) {
            second_color_seen = true;
            event("banner", figures_now(), "");
            return;
        }
    }
}
