/*
 * framebuffer.c - pixels: the checks, the choice of the glyph size, and the three pixel formats.
 *
 * A run of cells is drawn line by line. For each line every 8 pixels come from one byte of a glyph, and its
 * two halves are looked up in a table of 4-pixel groups made for the colours of the run.
 */
#include "kernel/console/framebuffer.h"

#include "kernel/memory/address_space.h"

#define RUN_CELLS     64u                                /* drawn at once */
#define RUN_OCTETS    (RUN_CELLS * (PSF_MAX_WIDTH / 8u)) /* groups of 8 pixels of the font in them */
#define PATTERN_BYTES 24u                                /* a whole number of pixels of 2, 3 or 4 bytes */

/* Where the bits of each 8 pixels of the run come from: octets[i][line * row_bytes]. */
struct run {
    const uint8_t *octets[RUN_OCTETS];
    uint32_t num_octets;
};

/* Stores of any alignment; the hardware does not mind. */
struct unaligned64 {
    uint64_t value;
} __attribute__((packed, may_alias));
struct unaligned32 {
    uint32_t value;
} __attribute__((packed, may_alias));

static inline void store64(volatile uint8_t *p, uint64_t value)
{
    ((volatile struct unaligned64 *)p)->value = value;
}

static inline void store32(volatile uint8_t *p, uint32_t value)
{
    ((volatile struct unaligned32 *)p)->value = value;
}

/* Checks ------------------------------------------------------------------------------------------------- */

static bool mask_is_sound(uint32_t mask, uint32_t bits_per_pixel)
{
    if (mask == 0 || (bits_per_pixel < 32 && mask >> bits_per_pixel != 0))
        return false;
    uint32_t run = mask >> __builtin_ctz(mask);
    return (run & (run + 1)) == 0;
}

static bool masks_are_sound(const struct display *d)
{
    uint32_t r = d->red_mask, g = d->green_mask, b = d->blue_mask;

    return mask_is_sound(r, d->bits_per_pixel) && mask_is_sound(g, d->bits_per_pixel) &&
           mask_is_sound(b, d->bits_per_pixel) && (r & g) == 0 && (r & b) == 0 && (g & b) == 0;
}

static enum framebuffer_error check(const struct display *d, volatile void *memory, const struct psf *font)
{
    uint32_t depth = d->bits_per_pixel;
    uint64_t row_bytes = (uint64_t)d->width * ((depth + 7) / 8);

    if (d->kind != DISPLAY_FRAMEBUFFER || memory == NULL)
        return FRAMEBUFFER_ABSENT;
    if (depth != 15 && depth != 16 && depth != 24 && depth != 32)
        return FRAMEBUFFER_BAD_DEPTH;
    if (!masks_are_sound(d))
        return FRAMEBUFFER_BAD_MASKS;
    if (d->width < font->width || d->height < font->height)
        return FRAMEBUFFER_TOO_SMALL;
    if (d->pitch_bytes < row_bytes)
        return FRAMEBUFFER_BAD_PITCH;
    if (d->size_bytes < (uint64_t)d->pitch_bytes * (d->height - 1) + row_bytes)
        return FRAMEBUFFER_BAD_SIZE;
    if (d->size_bytes > DISPLAY_MAX_BYTES)
        return FRAMEBUFFER_TOO_LARGE;
    return FRAMEBUFFER_OK;
}

const char *framebuffer_error_name(enum framebuffer_error error)
{
    switch (error) {
    case FRAMEBUFFER_OK:
        return "no error";
    case FRAMEBUFFER_ABSENT:
        return "no framebuffer";
    case FRAMEBUFFER_BAD_DEPTH:
        return "bits per pixel other than 15, 16, 24, 32";
    case FRAMEBUFFER_BAD_MASKS:
        return "pixel masks that cannot be";
    case FRAMEBUFFER_TOO_SMALL:
        return "too small for a glyph";
    case FRAMEBUFFER_BAD_PITCH:
        return "pitch shorter than a row of pixels";
    case FRAMEBUFFER_BAD_SIZE:
        return "memory too small for its rows";
    case FRAMEBUFFER_TOO_LARGE:
        return "more memory than can be mapped";
    case FRAMEBUFFER_BAD_FONT:
        return "glyphs that are not whole bytes wide";
    }
    return "unknown framebuffer error";
}

/* Setting up --------------------------------------------------------------------------------------------- */

/* 0..255 widened or narrowed to the mask, rounded. */
static uint32_t component(uint8_t value, uint32_t mask)
{
    uint32_t shift = (uint32_t)__builtin_ctz(mask);

    return (uint32_t)(((uint64_t)value * (mask >> shift) + 127) / 255) << shift;
}

static void set_colors(struct framebuffer *fb, const struct display *d)
{
    for (uint32_t i = 0; i < NUM_COLORS; i++)
        fb->colors[i] = component(palette[i].red, d->red_mask) | component(palette[i].green, d->green_mask) |
                        component(palette[i].blue, d->blue_mask);
    fb->quads_attribute = -1;
}

static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void set_cell_size(struct framebuffer *fb, struct psf_index *index, uint32_t scale)
{
    fb->index = index;
    fb->font = index->font;
    fb->scale = scale;
    fb->cell_width = index->font->width * scale;
    fb->cell_height = index->font->height * scale;
    fb->columns = min_u32(fb->width / fb->cell_width, SCREEN_MAX_COLUMNS);
    fb->rows = min_u32(fb->height / fb->cell_height, SCREEN_MAX_ROWS);
}

bool framebuffer_is_roomy(const struct display *display, uint32_t cell_width, uint32_t cell_height)
{
    return display->width / cell_width >= FRAMEBUFFER_MIN_COLUMNS &&
           display->height / cell_height >= FRAMEBUFFER_MIN_ROWS;
}

static uint32_t choose_scale(const struct display *display, const struct psf *font)
{
    uint32_t scale = FRAMEBUFFER_MAX_SCALE;

    while (scale > 1 && !framebuffer_is_roomy(display, font->width * scale, font->height * scale))
        scale /= 2;
    return scale;
}

enum framebuffer_error framebuffer_init(struct framebuffer *fb, const struct display *display,
                                        volatile void *memory, struct psf_index *font)
{
    enum framebuffer_error error = check(display, memory, font->font);

    if (error != FRAMEBUFFER_OK)
        return error;
    if (font->font->width % 8 != 0)
        return FRAMEBUFFER_BAD_FONT;
    fb->memory = memory;
    fb->pitch_bytes = display->pitch_bytes;
    fb->width = display->width;
    fb->height = display->height;
    fb->pixel_bytes = (display->bits_per_pixel + 7) / 8;
    set_colors(fb, display);
    set_cell_size(fb, font, choose_scale(display, font->font));
    return FRAMEBUFFER_OK;
}

static uint16_t find_glyph(void *context, uint32_t code)
{
    return psf_find(((struct framebuffer *)context)->index, code);
}

struct screen_device framebuffer_device(struct framebuffer *fb)
{
    return (struct screen_device){
        .context = fb,
        .columns = fb->columns,
        .rows = fb->rows,
        .glyph = find_glyph,
        .draw = framebuffer_draw,
        .clear = framebuffer_clear,
        .settle = NULL,
    };
}

/* Drawing ------------------------------------------------------------------------------------------------ */

static void make_quads(struct framebuffer *fb, uint8_t attribute)
{
    uint32_t ink = fb->colors[attribute & 15], ground = fb->colors[attribute >> 4];

    if (fb->quads_attribute == attribute)
        return;
    fb->quads_attribute = attribute;
    for (uint32_t bits = 0; bits < 16; bits++) {
        unsigned __int128 quad = 0;

        for (uint32_t i = 0; i < 4; i++)
            quad |= (unsigned __int128)(bits & (8u >> i) ? ink : ground) << (i * 8 * fb->pixel_bytes);
        fb->quads[bits].low = (uint64_t)quad;
        fb->quads[bits].high = (uint64_t)(quad >> 64);
    }
}

static inline void store_quad(volatile uint8_t *dst, const struct pixel_quad *quad, uint32_t pixel_bytes)
{
    store64(dst, quad->low);
    if (pixel_bytes == 4)
        store64(dst + 8, quad->high);
    else if (pixel_bytes == 3)
        store32(dst + 8, (uint32_t)quad->high);
}

/* One line of n * 8 pixels. `pixel_bytes` is a constant where this is inlined. */
static inline __attribute__((always_inline)) void store_octets(const struct framebuffer *fb,
                                                               volatile uint8_t *dst,
                                                               const uint8_t *const *octets, uint32_t n,
                                                               size_t offset, uint32_t pixel_bytes)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bits = octets[i][offset];

        store_quad(dst, &fb->quads[bits >> 4], pixel_bytes);
        store_quad(dst + 4 * pixel_bytes, &fb->quads[bits & 15], pixel_bytes);
        dst += 8 * pixel_bytes;
    }
}

static void store_line(const struct framebuffer *fb, volatile uint8_t *dst, const uint8_t *const *octets,
                       uint32_t n, size_t offset)
{
    if (fb->pixel_bytes == 4)
        store_octets(fb, dst, octets, n, offset, 4);
    else if (fb->pixel_bytes == 3)
        store_octets(fb, dst, octets, n, offset, 3);
    else
        store_octets(fb, dst, octets, n, offset, 2);
}

/* A line enlarged: each of the 8 pixels becomes `scale` pixels wide. */
static void store_scaled_line(const struct framebuffer *fb, volatile uint8_t *dst, const struct run *run,
                              size_t offset)
{
    uint8_t wide[FRAMEBUFFER_MAX_SCALE];
    const uint8_t *octets[FRAMEBUFFER_MAX_SCALE] = {wide, wide + 1, wide + 2, wide + 3};
    size_t step = 8u * fb->scale * fb->pixel_bytes;

    for (uint32_t i = 0; i < run->num_octets; i++) {
        uint8_t bits = run->octets[i][offset];

        for (uint32_t x = 0; x < 8 * fb->scale; x++)
            wide[x / 8] = (uint8_t)(wide[x / 8] << 1 | (bits >> (7 - x / fb->scale) & 1));
        store_line(fb, dst + i * step, octets, fb->scale, 0);
    }
}

static volatile uint8_t *pixel_at(const struct framebuffer *fb, uint32_t x, uint32_t y)
{
    return fb->memory + y * fb->pitch_bytes + (size_t)x * fb->pixel_bytes;
}

static void store_run(const struct framebuffer *fb, uint32_t row, uint32_t column, const struct run *run)
{
    volatile uint8_t *dst = pixel_at(fb, column * fb->cell_width, row * fb->cell_height);

    for (uint32_t y = 0; y < fb->cell_height; y++, dst += fb->pitch_bytes) {
        if (fb->scale == 1)
            store_line(fb, dst, run->octets, run->num_octets, (size_t)y * fb->font->row_bytes);
        else
            store_scaled_line(fb, dst, run, (size_t)(y / fb->scale) * fb->font->row_bytes);
    }
}

static void add_to_run(const struct framebuffer *fb, struct run *run, uint32_t cell)
{
    struct span glyph = psf_glyph(fb->font, cell_glyph(cell));

    for (uint32_t i = 0; i < fb->font->row_bytes; i++)
        run->octets[run->num_octets++] = glyph.p + i;
}

/* Draws the longest run of changed cells of one colour that begins at cells[0], which has changed. Returns
 * its length.
 */
static uint32_t draw_run(struct framebuffer *fb, uint32_t row, uint32_t column, const uint32_t *cells,
                         uint32_t *shown, uint32_t n)
{
    uint8_t attribute = cell_attribute(cells[0]);
    struct run run;
    uint32_t i;

    run.num_octets = 0;
    for (i = 0; i < n && i < RUN_CELLS; i++) {
        if (cells[i] == shown[i] || cell_attribute(cells[i]) != attribute)
            break;
        shown[i] = cells[i];
        add_to_run(fb, &run, cells[i]);
    }
    make_quads(fb, attribute);
    store_run(fb, row, column, &run);
    return i;
}

static bool in_grid(const struct framebuffer *fb, uint32_t row, uint32_t column, uint32_t n)
{
    return row < fb->rows && column < fb->columns && n <= fb->columns - column;
}

void framebuffer_draw(void *context, uint32_t row, uint32_t column, const uint32_t *cells, uint32_t *shown,
                      uint32_t n)
{
    struct framebuffer *fb = context;

    if (!in_grid(fb, row, column, n))
        return;
    for (uint32_t i = 0; i < n;) {
        if (cells[i] == shown[i])
            i++;
        else
            i += draw_run(fb, row, column + i, cells + i, shown + i, n - i);
    }
}

/* PATTERN_BYTES of pixels of one colour. */
static void make_pattern(uint8_t pattern[PATTERN_BYTES], uint32_t pixel, uint32_t pixel_bytes)
{
    for (uint32_t i = 0; i < PATTERN_BYTES; i++)
        pattern[i] = (uint8_t)(pixel >> (i % pixel_bytes * 8));
}

static void fill_line(volatile uint8_t *dst, size_t bytes, const uint8_t pattern[PATTERN_BYTES])
{
    struct span source = span_of(pattern, PATTERN_BYTES);
    uint64_t a = span_u64(source, 0), b = span_u64(source, 8), c = span_u64(source, 16);

    for (; bytes >= PATTERN_BYTES; bytes -= PATTERN_BYTES, dst += PATTERN_BYTES) {
        store64(dst, a);
        store64(dst + 8, b);
        store64(dst + 16, c);
    }
    for (size_t i = 0; i < bytes; i++)
        dst[i] = pattern[i];
}

void framebuffer_clear(void *context, uint32_t row, uint32_t column, uint32_t n, enum color background)
{
    const struct framebuffer *fb = context;
    uint8_t pattern[PATTERN_BYTES];

    if (n == 0 || !in_grid(fb, row, column, n))
        return;
    uint32_t left = column * fb->cell_width, top = row * fb->cell_height;
    uint32_t right = column + n == fb->columns ? fb->width : left + n * fb->cell_width;
    uint32_t bottom = row + 1 == fb->rows ? fb->height : top + fb->cell_height;

    make_pattern(pattern, fb->colors[background & 15], fb->pixel_bytes);
    for (uint32_t y = top; y < bottom; y++)
        fill_line(pixel_at(fb, left, y), (size_t)(right - left) * fb->pixel_bytes, pattern);
}
