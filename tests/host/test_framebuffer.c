/* units: kernel/console/framebuffer.c kernel/console/psf.c kernel/lib/inflate.c kernel/lib/utf8.c
 * kernel/console/fonts/fonts.S */
/*
 * Text drawn into memory of just the size of the panel, in every pixel format, compared with the font pixel
 * by pixel; what was not to be drawn keeps its pattern.
 */
#include "tests/host/host_test.h"

#include "kernel/console/framebuffer.h"
#include "kernel/boot/section.h"
#include "kernel/lib/inflate.h"

#define UNTOUCHED 0x5a

static struct psf fonts[2];
static struct psf_index indexes[2];
static uint8_t large[FONT_16X32_BYTES];

struct format {
    uint32_t bits, red, green, blue;
};

static const struct format formats[] = {
    {32, 0xff0000, 0xff00, 0xff},     {32, 0xff, 0xff00, 0xff0000}, {32, 0xff000000, 0xff0000, 0xff00},
    {32, 0x3ff00000, 0xffc00, 0x3ff}, {24, 0xff0000, 0xff00, 0xff}, {24, 0xff, 0xff00, 0xff0000},
    {16, 0xf800, 0x07e0, 0x001f},     {15, 0x7c00, 0x03e0, 0x001f}, {16, 0x000f, 0x00f0, 0x0f00},
};
#define NUM_FORMATS (sizeof formats / sizeof formats[0])

static struct display display;
static struct framebuffer fb;
static uint8_t *memory;

/* With the font that the console would take. */
static enum framebuffer_error init(const struct display *d, volatile void *at)
{
    return framebuffer_init(&fb, d, at, &indexes[framebuffer_is_roomy(d, 16, 32)]);
}

static int open_fonts(void **state)
{
    (void)state;
    assert_int_equal(psf_open(&fonts[0], span_of(font_8x16, (size_t)(font_8x16_end - font_8x16))), PSF_OK);
    struct span packed = span_of(font_16x32_packed, (size_t)(font_16x32_packed_end - font_16x32_packed));
    assert_int_equal(psf_open(&fonts[1], span_of(large, inflate(packed, large, sizeof large))), PSF_OK);
    for (size_t i = 0; i < 2; i++)
        psf_index(&indexes[i], &fonts[i]);
    return 0;
}

static struct display describe(uint32_t width, uint32_t height, const struct format *f, uint32_t slack)
{
    uint32_t bytes = (f->bits + 7) / 8;
    uint32_t pitch = width * bytes + slack;

    return (struct display){DISPLAY_FRAMEBUFFER,
                            width,
                            height,
                            pitch,
                            f->bits,
                            f->red,
                            f->green,
                            f->blue,
                            0,
                            (uint64_t)pitch * (height - 1) + width * bytes};
}

/* Memory that ends with the last pixel; ASan watches its ends. `shift` makes it badly aligned. */
static void start(struct display d, size_t shift)
{
    uint8_t *whole = malloc(d.size_bytes + shift);

    display = d;
    memset(whole, UNTOUCHED, d.size_bytes + shift);
    memory = whole + shift;
    assert_int_equal(init(&display, memory), FRAMEBUFFER_OK);
}

static void finish(size_t shift)
{
    free(memory - shift);
}

static uint32_t scaled(uint8_t value, uint32_t mask)
{
    uint32_t unit = mask & (0 - mask), max = mask / unit;

    return (uint32_t)((value * (uint64_t)max * 2 + 255) / 510) * unit;
}

static uint32_t pixel_of(enum color c)
{
    return scaled(palette[c].red, display.red_mask) | scaled(palette[c].green, display.green_mask) |
           scaled(palette[c].blue, display.blue_mask);
}

static uint32_t pixel_at(uint32_t x, uint32_t y)
{
    uint32_t bytes = (display.bits_per_pixel + 7) / 8, value = 0;

    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint32_t)memory[(size_t)y * display.pitch_bytes + (size_t)x * bytes + i] << (8 * i);
    return value;
}

static uint32_t untouched_pixel(void)
{
    return 0x5a5a5a5au >> (32 - (display.bits_per_pixel + 7) / 8 * 8);
}

static bool glyph_bit(uint32_t cell, uint32_t x, uint32_t y)
{
    struct span glyph = psf_glyph(fb.font, cell_glyph(cell));

    return span_u8(glyph, (size_t)y * fb.font->row_bytes + x / 8) >> (7 - x % 8) & 1;
}

/* 0 stands for a cell that nobody drew. */
static void expect_cell(uint32_t row, uint32_t column, uint32_t cell)
{
    for (uint32_t y = 0; y < fb.cell_height; y++) {
        for (uint32_t x = 0; x < fb.cell_width; x++) {
            uint8_t attribute = cell_attribute(cell);
            bool ink = cell != 0 && glyph_bit(cell, x / fb.scale, y / fb.scale);
            uint32_t color = pixel_of((enum color)(ink ? attribute & 15 : attribute >> 4));
            uint32_t is = pixel_at(column * fb.cell_width + x, row * fb.cell_height + y);

            if (is != (cell != 0 ? color : untouched_pixel()))
                fail_msg("row %u column %u pixel %u,%u is %x", row, column, x, y, is);
        }
    }
}

static void expect_padding_untouched(void)
{
    uint32_t used = display.width * ((display.bits_per_pixel + 7) / 8);

    for (uint32_t y = 0; y + 1 < display.height; y++) {
        for (uint32_t i = used; i < display.pitch_bytes; i++)
            assert_int_equal(memory[(size_t)y * display.pitch_bytes + i], UNTOUCHED);
    }
}

static uint32_t random_cell(uint64_t *seed)
{
    uint32_t glyph = (uint32_t)random_u64(seed) % (fb.font->num_glyphs + 3); /* some do not exist */

    return cell_of((uint16_t)glyph, (uint8_t)(random_u64(seed) % 7 * 37));
}

/* Random rows in which about half the cells are already shown. */
static void draw_and_compare(struct display d, size_t shift)
{
    static uint32_t cells[SCREEN_MAX_COLUMNS], before[SCREEN_MAX_COLUMNS], shown[SCREEN_MAX_COLUMNS];
    uint64_t seed = d.width;

    start(d, shift);
    for (uint32_t row = 0; row<fb.rows; row += fb.rows> 1 ? fb.rows - 1 : 1) {
        for (uint32_t i = 0; i < fb.columns; i++) {
            cells[i] = random_cell(&seed);
            before[i] = shown[i] = random_u64(&seed) % 2 == 0 ? cells[i] : 0;
        }
        framebuffer_draw(&fb, row, 0, cells, shown, fb.columns);
        assert_memory_equal(shown, cells, fb.columns * sizeof shown[0]);
        for (uint32_t i = 0; i < fb.columns; i++)
            expect_cell(row, i, before[i] == cells[i] ? 0 : cells[i]);
    }
    expect_padding_untouched();
    finish(shift);
}

static void test_formats(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_FORMATS; i++) {
        draw_and_compare(describe(643, 35, &formats[i], 0), 0);
        draw_and_compare(describe(100, 50, &formats[i], 13), 1);
        draw_and_compare(describe(1600, 1280, &formats[i], 4), 3);
        draw_and_compare(describe(3200, 2560, &formats[i], 64), 0);
    }
}

static void expect_size(uint32_t width, uint32_t height, uint32_t glyph, uint32_t columns, uint32_t rows)
{
    struct display d = describe(width, height, &formats[0], 0);
    static uint8_t nothing[1]; /* nothing is drawn */

    assert_int_equal(init(&d, nothing), FRAMEBUFFER_OK);
    assert_int_equal(fb.cell_width, glyph);
    assert_int_equal(fb.cell_height, 2 * glyph);
    assert_int_equal(fb.columns, columns);
    assert_int_equal(fb.rows, rows);
}

static void test_sizes(void **state)
{
    (void)state;
    expect_size(8, 16, 8, 1, 1);
    expect_size(320, 200, 8, 40, 12);
    expect_size(640, 480, 8, 80, 30);
    expect_size(1280, 800, 8, 160, 50);
    expect_size(1366, 768, 8, 170, 48);
    expect_size(1920, 1080, 8, 240, 67);
    expect_size(1920, 1200, 8, 240, 75);
    expect_size(1080, 1920, 8, 135, 120);
    expect_size(1440, 2560, 8, 180, 160);
    expect_size(2560, 1440, 16, 160, 45);
    expect_size(2560, 1600, 16, 160, 50);
    expect_size(3840, 2160, 16, 240, 67);
    expect_size(2160, 3840, 16, 135, 120);
    expect_size(5120, 1440, 16, 256, 45);
    expect_size(7680, 4320, 32, 240, 67);
    expect_size(15360, 8640, 64, 240, 67);
}

static void expect_error(struct display d, enum framebuffer_error error)
{
    static uint8_t nothing[1];

    assert_int_equal(init(&d, nothing), error);
}

static void test_displays_that_lie(void **state)
{
    struct display good = describe(800, 600, &formats[0], 0), d;

    (void)state;
    expect_error(good, FRAMEBUFFER_OK);
    assert_int_equal(init(&good, NULL), FRAMEBUFFER_ABSENT);
#define WITH(field, value, error) (d = good, d.field = (value), expect_error(d, error))
    WITH(kind, DISPLAY_NONE, FRAMEBUFFER_ABSENT);
    WITH(kind, DISPLAY_VGA_TEXT, FRAMEBUFFER_ABSENT);
    WITH(bits_per_pixel, 0, FRAMEBUFFER_BAD_DEPTH);
    WITH(bits_per_pixel, 8, FRAMEBUFFER_BAD_DEPTH);
    WITH(bits_per_pixel, 33, FRAMEBUFFER_BAD_DEPTH);
    WITH(bits_per_pixel, 0xffffffff, FRAMEBUFFER_BAD_DEPTH);
    WITH(red_mask, 0, FRAMEBUFFER_BAD_MASKS);
    WITH(green_mask, 0xf0f00, FRAMEBUFFER_BAD_MASKS);
    WITH(blue_mask, 0x1ff, FRAMEBUFFER_BAD_MASKS);
    WITH(bits_per_pixel, 16, FRAMEBUFFER_BAD_MASKS);
    WITH(width, 7, FRAMEBUFFER_TOO_SMALL);
    WITH(height, 15, FRAMEBUFFER_TOO_SMALL);
    WITH(width, 801, FRAMEBUFFER_BAD_PITCH);
    WITH(width, 0x40000008, FRAMEBUFFER_BAD_PITCH); /* 4 * width wraps in 32 bits */
    WITH(pitch_bytes, 3199, FRAMEBUFFER_BAD_PITCH);
    WITH(pitch_bytes, 3201, FRAMEBUFFER_BAD_SIZE);
    WITH(pitch_bytes, 0xffffffff, FRAMEBUFFER_BAD_SIZE);
    WITH(height, 601, FRAMEBUFFER_BAD_SIZE);
    WITH(height, 0xffffffff, FRAMEBUFFER_BAD_SIZE);
    WITH(size_bytes, good.size_bytes - 1, FRAMEBUFFER_BAD_SIZE);
    WITH(size_bytes, 0, FRAMEBUFFER_BAD_SIZE);
    WITH(size_bytes, UINT64_C(1) << 30, FRAMEBUFFER_TOO_LARGE);
#undef WITH
    fonts[0].width = 12;
    expect_error(good, FRAMEBUFFER_BAD_FONT);
    fonts[0].width = 8;
}

/* Cells outside the grid, asked for directly: no byte changes. */
static void test_outside_the_grid(void **state)
{
    static const uint32_t wild[] = {0, 1, 2, 11, 12, 13, 100, 0x7fffffff, 0x80000000, 0xfffffff4, 0xffffffff};
    uint32_t cells[16], shown[16];

    (void)state;
    start(describe(100, 35, &formats[0], 0), 0); /* 12x2 */
    for (uint32_t i = 0; i < 16; i++)
        cells[i] = cell_of(9, 0x2f);
    for (size_t r = 0; r < 11; r++) {
        for (size_t c = 0; c < 11; c++) {
            for (size_t k = 0; k < 11; k++) {
                bool inside = wild[r] < 2 && (uint64_t)wild[c] + wild[k] <= 12 && wild[c] < 12;

                memset(shown, 0, sizeof shown);
                if (inside)
                    continue;
                framebuffer_draw(&fb, wild[r], wild[c], cells, shown, wild[k]);
                framebuffer_clear(&fb, wild[r], wild[c], wild[k], COLOR_RED);
            }
        }
    }
    for (size_t i = 0; i < display.size_bytes; i++)
        assert_int_equal(memory[i], UNTOUCHED);
    finish(0);
}

static void expect_filled(uint32_t left, uint32_t top, uint32_t right, uint32_t bottom, enum color c)
{
    for (uint32_t y = 0; y < display.height; y++) {
        for (uint32_t x = 0; x < display.width; x++) {
            bool inside = x >= left && x < right && y >= top && y < bottom;

            assert_int_equal(pixel_at(x, y), inside ? pixel_of(c) : untouched_pixel());
        }
    }
    expect_padding_untouched();
}

/* The outermost cells take the margin with them. */
static void test_clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_FORMATS; i++) {
        start(describe(101, 39, &formats[i], 5), 1); /* 12x2 cells, 5 and 7 pixels over */
        framebuffer_clear(&fb, 0, 3, 4, COLOR_BLUE);
        expect_filled(24, 0, 56, 16, COLOR_BLUE);
        finish(1);
        start(describe(101, 39, &formats[i], 5), 0);
        framebuffer_clear(&fb, 1, 11, 1, (enum color)(COLOR_RED + 32));
        expect_filled(88, 16, 101, 39, COLOR_RED);
        finish(0);
        start(describe(101, 39, &formats[i], 5), 2);
        framebuffer_clear(&fb, 1, 5, 0, COLOR_RED);
        expect_filled(0, 0, 0, 0, COLOR_RED);
        finish(2);
    }
}

/* A VGA's DAC keeps 6 bits of each component and must show the same colours. */
static void test_palette(void **state)
{
    const uint8_t *bytes = (const uint8_t *)palette;

    (void)state;
    for (size_t i = 0; i < sizeof palette; i++)
        assert_int_equal(bytes[i], (bytes[i] >> 2) << 2 | bytes[i] >> 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_displays_that_lie),
        cmocka_unit_test(test_outside_the_grid),
        cmocka_unit_test(test_clear),
        cmocka_unit_test(test_palette),
    };
    return cmocka_run_group_tests(tests, open_fonts, NULL);
}
