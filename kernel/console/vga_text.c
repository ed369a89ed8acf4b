/*
 * vga_text.c - draws the cells of a screen into the text memory of a VGA (IBM VGA technical reference;
 * FreeVGA).
 */
#include "kernel/console/vga_text.h"

#include "kernel/console/cp437.h"
#include "kernel/cpu/cpu.h"
#include "kernel/console/psf.h"
#include "kernel/boot/section.h"

#define FONT_MEMORY_OFFSET 0x18000 /* text memory lies this far behind the start of the VGA's window */
#define FONT_SLOT_BYTES    32      /* per glyph, of which 16 are shown */
#define FONT_HEIGHT        16

/* Index and data ports. */
#define SEQUENCER       0x3c4
#define GRAPHICS        0x3ce
#define CRTC            0x3d4
#define INPUT_STATUS    0x3da
#define ATTRIBUTE       0x3c0 /* index and data in turns, to be read at + 1 */
#define DAC_WRITE_INDEX 0x3c8
#define DAC_DATA        0x3c9

#define SEQUENCER_MAP_MASK    2
#define SEQUENCER_MEMORY_MODE 4
#define GRAPHICS_MODE         5
#define GRAPHICS_MISC         6
#define GRAPHICS_MISC_MASK    0x0d /* graphics mode, and where the memory is seen */
#define GRAPHICS_MISC_TEXT    0x0c /* text, 32 KiB at 0xb8000 */
#define CRTC_CURSOR_START     0x0a
#define CRTC_START_HIGH       0x0c
#define CRTC_START_LOW        0x0d
#define CRTC_CURSOR_LOW       0x0f
#define CURSOR_OFF            0x20
#define ATTRIBUTE_MODE        0x10
#define ATTRIBUTE_BLINK       0x08
#define ATTRIBUTE_ON          0x20 /* with the index: the screen stays lit */

static volatile uint16_t *text; /* VGA_TEXT_ROWS * VGA_TEXT_COLUMNS */

static uint8_t read_register(uint16_t port, uint8_t index)
{
    out8(port, index);
    return in8((uint16_t)(port + 1));
}

static void write_register(uint16_t port, uint8_t index, uint8_t value)
{
    out8(port, index);
    out8((uint16_t)(port + 1), value);
}

/* The cursor register keeps what is written to it, if there is a VGA at these ports. */
static bool has_vga(void)
{
    uint8_t old = read_register(CRTC, CRTC_CURSOR_LOW), other = old ^ 0xff;

    write_register(CRTC, CRTC_CURSOR_LOW, other);
    bool kept = read_register(CRTC, CRTC_CURSOR_LOW) == other;
    write_register(CRTC, CRTC_CURSOR_LOW, old);
    return kept;
}

/* Text that is seen at 0xb8000. */
static bool in_text_mode(void)
{
    return (read_register(GRAPHICS, GRAPHICS_MISC) & GRAPHICS_MISC_MASK) == GRAPHICS_MISC_TEXT;
}

/* Bit 7 of an attribute means a bright background, not blinking. */
static void disable_blinking(void)
{
    in8(INPUT_STATUS); /* the next write to ATTRIBUTE is an index */
    out8(ATTRIBUTE, ATTRIBUTE_MODE | ATTRIBUTE_ON);
    uint8_t mode = in8(ATTRIBUTE + 1);
    out8(ATTRIBUTE, (uint8_t)(mode & ~ATTRIBUTE_BLINK));
    in8(INPUT_STATUS);
}

/* Attribute controller: colour i is DAC entry i; DAC: the palette, 6 bits a component. */
static void load_palette(void)
{
    for (uint8_t i = 0; i < NUM_COLORS; i++) {
        in8(INPUT_STATUS);
        out8(ATTRIBUTE, i);
        out8(ATTRIBUTE, i);
        out8(DAC_WRITE_INDEX, i);
        out8(DAC_DATA, palette[i].red >> 2);
        out8(DAC_DATA, palette[i].green >> 2);
        out8(DAC_DATA, palette[i].blue >> 2);
    }
    in8(INPUT_STATUS);
    out8(ATTRIBUTE, ATTRIBUTE_ON);
}

/* The glyphs go to memory plane 2, seen one byte after another at the start of the window. */
static void open_font_memory(void)
{
    write_register(SEQUENCER, SEQUENCER_MAP_MASK, 0x04);
    write_register(SEQUENCER, SEQUENCER_MEMORY_MODE, 0x06);
    write_register(GRAPHICS, GRAPHICS_MODE, 0x00);
    write_register(GRAPHICS, GRAPHICS_MISC, 0x04); /* 64 KiB at 0xa0000 */
}

/* As text mode 3 has it: characters in plane 0, attributes in plane 1. */
void vga_text_close_font_memory(void)
{
    write_register(SEQUENCER, SEQUENCER_MAP_MASK, 0x03);
    write_register(SEQUENCER, SEQUENCER_MEMORY_MODE, 0x02);
    write_register(GRAPHICS, GRAPHICS_MODE, 0x10);
    write_register(GRAPHICS, GRAPHICS_MISC, 0x0e);
}

/* Replaces each glyph that Spleen has; for the others the BIOS's own stay. */
static void load_glyphs(volatile uint8_t *memory, const struct psf *font, struct psf_index *index)
{
    for (uint32_t slot = 0; slot < 256; slot++) {
        uint32_t code = cp437_table[slot];

        if (!psf_has(index, code))
            continue;
        struct span glyph = psf_glyph(font, psf_find(index, code));
        for (uint32_t y = 0; y < FONT_HEIGHT; y++)
            memory[slot * FONT_SLOT_BYTES + y] = span_u8(glyph, y);
    }
}

static void device_settle(void *context)
{
    NOINIT static struct psf_index index;
    struct psf font;

    (void)context;
    if (psf_open(&font, span_of(font_8x16, (size_t)(font_8x16_end - font_8x16))) != PSF_OK ||
        font.height != FONT_HEIGHT || font.width != 8)
        return;
    psf_index(&index, &font);
    open_font_memory();
    load_glyphs((volatile uint8_t *)text - FONT_MEMORY_OFFSET, &font, &index);
    vga_text_close_font_memory();
}

static uint16_t device_glyph(void *context, uint32_t code)
{
    (void)context;
    return cp437_from_code(code);
}

static bool on_screen(uint32_t row, uint32_t column, uint32_t n)
{
    return row < VGA_TEXT_ROWS && column < VGA_TEXT_COLUMNS && n <= VGA_TEXT_COLUMNS - column;
}

/* The character in the low byte, the attribute in the high one: in a cell it is the other way round. */
static uint16_t text_of(uint32_t cell)
{
    return __builtin_bswap16((uint16_t)cell);
}

static void device_draw(void *context, uint32_t row, uint32_t column, const uint32_t *cells, uint32_t *shown,
                        uint32_t n)
{
    (void)context;
    if (!on_screen(row, column, n))
        return;
    volatile uint16_t *to = text + row * VGA_TEXT_COLUMNS + column;
#pragma GCC unroll 4
    for (size_t i = 0; i < n; i++) {
        uint32_t cell = cells[i];

        if (shown[i] == cell)
            continue;
        shown[i] = cell;
        to[i] = text_of(cell);
    }
}

static void device_clear(void *context, uint32_t row, uint32_t column, uint32_t n, enum color background)
{
    uint16_t blank = text_of(cell_of(' ', attribute_of(COLOR_LIGHT_GRAY, background)));

    (void)context;
    if (!on_screen(row, column, n))
        return;
    for (uint32_t i = 0; i < n; i++)
        text[row * VGA_TEXT_COLUMNS + column + i] = blank;
}

const struct screen_device *vga_text_init(volatile void *memory, const char **error)
{
    static const struct screen_device device = {
        .columns = VGA_TEXT_COLUMNS,
        .rows = VGA_TEXT_ROWS,
        .glyph = device_glyph,
        .draw = device_draw,
        .clear = device_clear,
        .settle = device_settle,
    };
    if (!has_vga()) {
        *error = "no VGA answers";
        return 0;
    }
    if (!in_text_mode()) {
        *error = "the VGA is not in text mode";
        return 0;
    }
    text = memory;
    write_register(CRTC, CRTC_CURSOR_START, CURSOR_OFF);
    write_register(CRTC, CRTC_START_HIGH, 0);
    write_register(CRTC, CRTC_START_LOW, 0);
    disable_blinking();
    load_palette();
    return &device;
}
