/*
 * screen_console.c - the screen, on a framebuffer or in VGA text.
 */
#include "kernel/boot/section.h"
#include "kernel/console/console.h"
#include "kernel/console/framebuffer.h"
#include "kernel/console/screen.h"
#include "kernel/console/sink.h"
#include "kernel/console/vga_text.h"
#include "kernel/lib/inflate.h"

NOINIT static struct screen screen;
NOINIT static struct psf_index font_index;
static struct psf font;
static struct framebuffer framebuffer;
static struct screen_device framebuffer_screen;
static const char *display_error;

/* What find_screen() was called with. */
static const struct display *its_display;
static volatile void *its_memory;

static bool open_font(struct span file)
{
    enum psf_error error = psf_open(&font, file);

    if (error != PSF_OK)
        display_error = psf_error_name(error);
    else
        psf_index(&font_index, &font);
    return error == PSF_OK;
}

/* The large font where there is room for it. */
static bool choose_font(const struct display *display)
{
    NOINIT static uint8_t large[FONT_16X32_BYTES];

    if (!framebuffer_is_roomy(display, 16, 32))
        return open_font(span_of(font_8x16, (size_t)(font_8x16_end - font_8x16)));
    struct span packed = span_of(font_16x32_packed, (size_t)(font_16x32_packed_end - font_16x32_packed));
    return open_font(span_of(large, inflate(packed, large, sizeof large)));
}

static const struct screen_device *find_framebuffer(const struct display *display, volatile void *memory)
{
    if (!choose_font(display))
        return 0;
    enum framebuffer_error error = framebuffer_init(&framebuffer, display, memory, &font_index);
    if (error != FRAMEBUFFER_OK) {
        display_error = framebuffer_error_name(error);
        return 0;
    }
    framebuffer_screen = framebuffer_device(&framebuffer);
    return &framebuffer_screen;
}

static const struct screen_device *find_device(const struct display *display, volatile void *memory)
{
    switch (display->kind) {
    case DISPLAY_FRAMEBUFFER:
        return find_framebuffer(display, memory);
    case DISPLAY_VGA_TEXT:
        return vga_text_init(memory, &display_error);
    default:
        return 0;
    }
}

static bool find_screen(const struct display *display, volatile void *memory)
{
    const struct screen_device *device = find_device(display, memory);

    its_display = display;
    its_memory = memory;
    return device != 0 && screen_init(&screen, device);
}

static void write_screen(const uint8_t *text, size_t n)
{
    screen_write(&screen, text, n);
}

static enum sink_state flush_screen(void)
{
    screen_flush(&screen);
    return SINK_DONE;
}

static void set_color(enum color foreground, enum color background)
{
    screen_set_color(&screen, foreground, background);
}

/* What lies in memory is made anew; a VGA may have been left with its font memory open. */
static bool restart_screen(void)
{
    if (its_display->kind == DISPLAY_VGA_TEXT)
        vga_text_close_font_memory();
    return find_screen(its_display, its_memory);
}

const char *console_display_error(void)
{
    return display_error;
}

const struct sink screen_sink = {
    .name = "screen",
    .init = find_screen,
    .write = write_screen,
    .flush = flush_screen,
    .set_color = set_color,
    .restart = restart_screen,
};
