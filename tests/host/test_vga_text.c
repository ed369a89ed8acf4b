/* units: kernel/console/cp437.c kernel/console/psf.c kernel/lib/utf8.c kernel/console/fonts/fonts.S */
/*
 * The VGA text screen on a VGA made of arrays: its registers answer in8() and out8(), its window of 128 KiB
 * is memory of just that size.
 */
#include "tests/host/host_test.h"

#include "kernel/boot/section.h"

#define KERNEL_CPU_H /* the ports below instead of the machine's */

static void out8(uint16_t port, uint8_t value);
static uint8_t in8(uint16_t port);

#include "kernel/console/vga_text.c"

#define WINDOW_BYTES 0x20000
#define TEXT_BYTES   (VGA_TEXT_COLUMNS * VGA_TEXT_ROWS * 2)
#define UNTOUCHED    0x5a

struct registers {
    uint8_t sequencer[8], graphics[16], crtc[32], attribute[32], dac[256][3];
};

static struct {
    bool present;
    struct registers r;
    uint8_t sequencer_index, graphics_index, crtc_index, attribute_index, dac_index, dac_component;
    bool attribute_takes_data;
} vga;

static uint8_t *window; /* physical address 0xa0000 */

static void out_attribute(uint8_t value)
{
    if (!vga.attribute_takes_data)
        vga.attribute_index = value;
    else if ((vga.attribute_index & 0x1f) >= 16 || (vga.attribute_index & 0x20) == 0)
        vga.r.attribute[vga.attribute_index & 0x1f] = value; /* the palette only while it is not in use */
    vga.attribute_takes_data = !vga.attribute_takes_data;
}

static void out_dac(uint8_t value)
{
    assert_true(value < 64);
    vga.r.dac[vga.dac_index][vga.dac_component++] = value;
    vga.dac_index = (uint8_t)(vga.dac_index + vga.dac_component / 3);
    vga.dac_component %= 3;
}

static void out8(uint16_t port, uint8_t value)
{
    if (!vga.present)
        return;
    switch (port) {
    case 0x3c0:
        out_attribute(value);
        break;
    case 0x3c4:
        vga.sequencer_index = value & 7;
        break;
    case 0x3c5:
        vga.r.sequencer[vga.sequencer_index] = value;
        break;
    case 0x3c8:
        vga.dac_index = value;
        vga.dac_component = 0;
        break;
    case 0x3c9:
        out_dac(value);
        break;
    case 0x3ce:
        vga.graphics_index = value & 15;
        break;
    case 0x3cf:
        vga.r.graphics[vga.graphics_index] = value;
        break;
    case 0x3d4:
        vga.crtc_index = value & 31;
        break;
    case 0x3d5:
        vga.r.crtc[vga.crtc_index] = value;
        break;
    case 0x3c6:
        break;
    default:
        fail_msg("write of %x to port %x", value, port);
    }
}

static uint8_t in8(uint16_t port)
{
    if (!vga.present)
        return 0xff;
    switch (port) {
    case 0x3c1:
        return vga.r.attribute[vga.attribute_index & 0x1f];
    case 0x3c5:
        return vga.r.sequencer[vga.sequencer_index];
    case 0x3cf:
        return vga.r.graphics[vga.graphics_index];
    case 0x3d5:
        return vga.r.crtc[vga.crtc_index];
    case 0x3da:
        vga.attribute_takes_data = false;
        return 0;
    default:
        fail_msg("read of port %x", port);
        return 0;
    }
}

/* What a BIOS leaves in text mode 3. */
static int reset(void **state)
{
    (void)state;
    memset(&vga, 0, sizeof vga);
    vga.present = true;
    vga.attribute_index = 0x20;
    memcpy(vga.r.sequencer, (const uint8_t[]){3, 0, 3, 0, 2}, 5);
    memcpy(vga.r.graphics, (const uint8_t[]){0, 0, 0, 0, 0, 0x10, 0x0e, 0, 0xff}, 9);
    vga.r.crtc[0x0a] = 0x0d;
    vga.r.crtc[0x0b] = 0x0e;
    vga.r.crtc[0x0f] = 0x77;
    vga.r.attribute[0x10] = 0x0c;
    window = malloc(WINDOW_BYTES);
    memset(window, UNTOUCHED, WINDOW_BYTES);
    return 0;
}

static int release(void **state)
{
    (void)state;
    free(window);
    return 0;
}

static const struct screen_device *start(void)
{
    const char *error = NULL;
    const struct screen_device *device = vga_text_init(window + 0x18000, &error);

    assert_null(error);
    assert_non_null(device);
    return device;
}

static void expect_untouched(size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        assert_int_equal(window[i], UNTOUCHED);
}

static void expect_error(const char *expected)
{
    struct registers before = vga.r;
    const char *error = NULL;

    assert_null(vga_text_init(window + 0x18000, &error));
    assert_string_equal(error, expected);
    assert_memory_equal(&before, &vga.r, sizeof before);
    expect_untouched(0, WINDOW_BYTES);
}

static void test_absent(void **state)
{
    (void)state;
    vga.present = false;
    expect_error("no VGA answers");
}

static void test_graphics_mode(void **state)
{
    (void)state;
    vga.r.graphics[6] = 0x05;
    expect_error("the VGA is not in text mode");
    vga.r.graphics[6] = 0x06; /* text, but seen at 0xa0000 */
    expect_error("the VGA is not in text mode");
}

static void test_registers(void **state)
{
    (void)state;
    vga.r.crtc[0x0c] = 7; /* someone scrolled by the start address */
    start();
    assert_int_equal(vga.r.crtc[0x0a] & 0x20, 0x20);
    assert_int_equal(vga.r.crtc[0x0c] << 8 | vga.r.crtc[0x0d], 0);
    assert_int_equal(vga.r.crtc[0x0f], 0x77);
    assert_int_equal(vga.r.attribute[0x10], 0x04); /* no blinking; the rest as it was */
    for (size_t i = 0; i < NUM_COLORS; i++) {
        const uint8_t *dac = vga.r.dac[vga.r.attribute[i]];

        assert_int_equal(dac[0], palette[i].red >> 2);
        assert_int_equal(dac[1], palette[i].green >> 2);
        assert_int_equal(dac[2], palette[i].blue >> 2);
    }
    assert_int_equal(vga.attribute_index & 0x20, 0x20); /* the screen is lit */
    assert_memory_equal(vga.r.sequencer, ((const uint8_t[]){3, 0, 3, 0, 2}), 5);
    assert_memory_equal(vga.r.graphics, ((const uint8_t[]){0, 0, 0, 0, 0, 0x10, 0x0e, 0, 0xff}), 9);
}

/* Each slot holds 16 rows of the glyph, or the BIOS's own if the font has none. */
static void test_font(void **state)
{
    static struct psf_index index;
    struct registers before = vga.r;
    struct psf font;

    (void)state;
    const struct screen_device *device = start();
    expect_untouched(0, WINDOW_BYTES);
    device->settle(device->context);
    assert_memory_equal(vga.r.sequencer, before.sequencer, sizeof before.sequencer);
    assert_memory_equal(vga.r.graphics, before.graphics, sizeof before.graphics);
    assert_int_equal(psf_open(&font, span_of(font_8x16, (size_t)(font_8x16_end - font_8x16))), PSF_OK);
    psf_index(&index, &font);
    for (uint32_t slot = 0; slot < 256; slot++) {
        const uint8_t *bytes = window + slot * 32;

        expect_untouched(slot * 32 + 16, slot * 32 + 32);
        if (psf_has(&index, cp437_table[slot]))
            assert_memory_equal(bytes, psf_glyph(&font, psf_find(&index, cp437_table[slot])).p, 16);
        else
            expect_untouched(slot * 32, slot * 32 + 16);
    }
    expect_untouched(256 * 32, WINDOW_BYTES);
}

static void test_cells(void **state)
{
    uint32_t cells[] = {cell_of('A', 0x1e), cell_of(0xc4, 0x07), cell_of('B', 0x70)};
    uint32_t shown[] = {0, cells[1], 0};
    uint8_t *text_bytes = window + 0x18000;

    (void)state;
    const struct screen_device *device = start();
    device->draw(device->context, 24, 77, cells, shown, 3);
    assert_memory_equal(shown, cells, sizeof cells);
    assert_memory_equal(text_bytes + TEXT_BYTES - 6,
                        "A\x1e\x5a\x5a"
                        "B\x70",
                        6);
    device->clear(device->context, 0, 0, 2, (enum color)(COLOR_BLUE + 16));
    assert_memory_equal(text_bytes, " \x17 \x17\x5a", 5);
    expect_untouched(0x18000 + 4, 0x18000 + TEXT_BYTES - 6);
    expect_untouched(0x18000 + TEXT_BYTES, WINDOW_BYTES);
}

/* No argument writes outside the 80x25 cells. */
static void test_outside_the_screen(void **state)
{
    static const uint32_t wild[] = {0,  1,  24,         25,         26,         79,
                                    80, 81, 0x7fffffff, 0x80000000, 0xffffffb0, 0xffffffff};
    static uint32_t cells[100], shown[100];

    (void)state;
    const struct screen_device *device = start();
    for (uint32_t i = 0; i < 100; i++)
        cells[i] = cell_of('x', 7);
    for (size_t r = 0; r < 12; r++) {
        for (size_t c = 0; c < 12; c++) {
            for (size_t k = 0; k < 12; k++) {
                memset(shown, 0, sizeof shown);
                device->clear(device->context, wild[r], wild[c], wild[k], COLOR_RED);
                if (wild[k] <= 100)
                    device->draw(device->context, wild[r], wild[c], cells, shown, wild[k]);
            }
        }
    }
    expect_untouched(0, 0x18000);
    expect_untouched(0x18000 + TEXT_BYTES, WINDOW_BYTES);
}

static void test_code_page(void **state)
{
    static const struct {
        uint32_t code;
        uint8_t byte;
    } samples[] = {
        {0, '?'},        {0x20, ' '},    {0x7e, '~'},       {0x7f, '?'},    {0x80, '?'},   {0xa0, 0xff},
        {0xe4, 0x84},    {0xb7, 0xfa},   {0x2588, 0xdb},    {0x2014, 0xc4}, {0x2013, '-'}, {0x2026, '.'},
        {0x201c, '"'},   {0x2019, '\''}, {0x2022, 0x07},    {0x20ac, 'E'},  {0x2717, 'x'}, {0xfffd, '?'},
        {0x10ffff, '?'}, {0x12588, '?'}, {0xffffffff, '?'},
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        assert_int_equal(cp437_from_code(samples[i].code), samples[i].byte);
    for (uint32_t byte = 1; byte < 256; byte++)
        assert_int_equal(cp437_from_code(cp437_table[byte]), byte);
}

/* By looking at each: the answer is the one that a plain search of the table gives, or a substitute. */
static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        uint8_t byte = cp437_from_code(code);
        bool in_table = false;

        for (uint32_t i = 1; i < 256 && code < 0x10000; i++)
            in_table = in_table || cp437_table[i] == code;
        if (in_table)
            assert_int_equal(cp437_table[byte], code);
        else
            assert_true(byte == '?' || (code >= 0xa9 && code <= 0x2717));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, release)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_absent), TEST(test_graphics_mode),      TEST(test_registers), TEST(test_font),
        TEST(test_cells),  TEST(test_outside_the_screen), TEST(test_code_page), TEST(test_every_code_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
