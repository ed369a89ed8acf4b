/*
 * console.c - one text, several places.
 */
#include "kernel/console/console.h"

#include <stdbool.h>

#include "kernel/console/framebuffer.h"
#include "kernel/console/log.h"
#include "kernel/lib/printf.h"
#include "kernel/console/screen.h"
#include "kernel/boot/section.h"
#include "kernel/console/serial.h"
#include "kernel/lib/string.h"
#include "kernel/lib/unpack.h"
#include "kernel/console/vga_text.h"

#define LINE_BYTES 256u

NOINIT static struct screen screen;
NOINIT static struct psf_index font_index;
static struct psf font;
static struct framebuffer framebuffer;
static struct screen_device framebuffer_screen;
static bool has_screen, drawing;
static const char *display_error;
static struct serial serial;
static uint64_t serial_position; /* in the log: what comes next over the serial port */

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
    return open_font(span_of(large, unpack(packed, large, sizeof large)));
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

/*
 * The next piece of the log as it goes over the wire, where a line ends in CR LF: `*taken` bytes of the log
 * become the bytes in `buffer`, of which the number is returned.
 */
static size_t next_piece(uint8_t buffer[SERIAL_FIFO_BYTES], size_t *taken)
{
    struct span text = log_from(&serial_position);
    size_t n = 0, i = 0;

    for (; i < text.n && n + 2 <= SERIAL_FIFO_BYTES; i++) {
        uint8_t c = span_u8(text, i);

        if (c == '\n')
            buffer[n++] = '\r';
        buffer[n++] = c;
    }
    *taken = i;
    return n;
}

/* Hands the serial port what it takes without being waited for. False if something is left over. */
static bool drain(void)
{
    uint8_t buffer[SERIAL_FIFO_BYTES];
    size_t taken, n;

    while ((n = next_piece(buffer, &taken)) > 0) {
        if (serial_write_some(&serial, buffer, n) == 0)
            return false;
        serial_position += taken;
    }
    return true;
}

/*
 * Between these two the screen is worked on. To find it so at the start means that a trap came out of it:
 * then it is not touched again, and what is to be said about that goes to the others.
 */
static bool begin_drawing(void)
{
    if (drawing)
        has_screen = false;
    drawing = has_screen;
    return has_screen;
}

static void end_drawing(void)
{
    drawing = false;
}

/* The pieces of one printk, put together: a console is brought up to date once for each, not for each piece.
 */
struct line {
    char text[LINE_BYTES];
    size_t used;
};

static void write_line(struct line *line)
{
    console_write(line->text, line->used);
    line->used = 0;
}

static void emit(void *context, const char *text, size_t n)
{
    struct line *line = context;

    if (n > LINE_BYTES - line->used)
        write_line(line);
    if (n > LINE_BYTES) {
        console_write(text, n);
        return;
    }
    memcpy(line->text + line->used, text, n);
    line->used += n;
}

void console_init(const struct display *display, volatile void *memory)
{
    if (serial_init(&serial, SERIAL_COM1))
        serial_write_some(&serial, (const uint8_t *)"\r\n", 2); /* the firmware may have left a line open */
    const struct screen_device *device = find_device(display, memory);

    has_screen = device != 0 && screen_init(&screen, device);
}

void console_write(const char *text, size_t n)
{
    log_write((const uint8_t *)text, n);
    if (begin_drawing())
        screen_write(&screen, (const uint8_t *)text, n);
    end_drawing();
    if (serial.port != 0)
        drain();
}

void vprintk(const char *format, va_list args)
{
    struct line line;

    line.used = 0;
    format_emit_v(emit, &line, format, args);
    write_line(&line);
}

void printk(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprintk(format, args);
    va_end(args);
}

void console_set_color(enum color foreground, enum color background)
{
    if (has_screen)
        screen_set_color(&screen, foreground, background);
}

static void flush_screen(void)
{
    if (begin_drawing())
        screen_flush(&screen);
    end_drawing();
}

/* False if the port stopped taking bytes and was given up. */
static bool flush_serial(void)
{
    uint64_t last = serial_position;

    for (uint32_t polls = 0; serial.port != 0 && !drain(); polls++) {
        if (serial_position != last)
            polls = 0;
        last = serial_position;
        if (polls > SERIAL_MAX_POLLS) {
            serial.port = 0;
            return false;
        }
    }
    return true;
}

void console_flush(void)
{
    flush_screen();
    if (!flush_serial()) {
        printk("The serial port takes no more bytes and is given up.\n");
        flush_screen();
    }
}

bool console_has_serial(void)
{
    return serial.port != 0;
}

bool console_read(uint8_t *byte)
{
    return serial_read(&serial, byte);
}

const char *console_display_error(void)
{
    return display_error;
}
