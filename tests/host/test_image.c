/* units: legacy/image.c */
#include "tests/host/host_test.h"

#include "legacy/image.h"
#include "legacy/realmode.h"

static void put(uint8_t *p, uint32_t value, size_t num_bytes)
{
    for (size_t i = 0; i < num_bytes; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

/* A sound header: 7 + 1 sectors of setup, 0x1000 * 16 bytes behind it. */
static void make_header(uint8_t *h)
{
    memset(h, 0, IMAGE_HEADER_BYTES);
    h[0x1f1] = 7;
    put(h + 0x1f4, 0x1000, 4);
    put(h + 0x1fe, 0xaa55, 2);
    memcpy(h + 0x202, "HdrS", 4);
    put(h + 0x206, 0x020f, 2);
    h[0x211] = 0x01;
    put(h + 0x238, 2047, 4);
    put(h + 0x260, 0x20000, 4);
}

static void test_sound_header(void **state)
{
    (void)state;
    uint8_t h[IMAGE_HEADER_BYTES];
    struct image image;
    make_header(h);
    assert_true(image_read_header(span_of(h, sizeof h), &image));
    assert_int_equal(image.version, 0x020f);
    assert_int_equal(image.setup_bytes, 4096);
    assert_int_equal(image.protected_bytes, 0x10000);
    assert_int_equal(image.memory_bytes, 0x20000);
    assert_int_equal(image.cmdline_bytes, CMDLINE_BYTES);
}

static void test_older_headers(void **state)
{
    (void)state;
    uint8_t h[IMAGE_HEADER_BYTES];
    struct image image;
    make_header(h);
    put(h + 0x206, 0x0206, 2);
    h[0x1f1] = 0;
    put(h + 0x238, 254, 4);
    assert_true(image_read_header(span_of(h, sizeof h), &image));
    assert_int_equal(image.setup_bytes, 5 * 512);
    assert_int_equal(image.memory_bytes, 0x10000); /* init_size is younger */
    assert_int_equal(image.cmdline_bytes, 255);
    put(h + 0x250, 0x11223344, 4);
    image_write_header(h, &image);
    assert_int_equal(h[0x250], 0x44); /* so is setup_data */
}

static void test_init_size_below_file_size(void **state)
{
    (void)state;
    uint8_t h[IMAGE_HEADER_BYTES];
    struct image image;
    make_header(h);
    put(h + 0x260, 0x100, 4);
    assert_true(image_read_header(span_of(h, sizeof h), &image));
    assert_int_equal(image.memory_bytes, 0x10000);
}

static void test_unsound_headers(void **state)
{
    (void)state;
    static const struct {
        size_t offset, num_bytes;
        uint32_t value;
        bool ok;
    } cases[] = {
        {0x1fe, 2, 0x55aa, false},     {0x202, 1, 'h', false},   {0x205, 1, 's', false},
        {0x206, 2, 0x0205, false},     {0x206, 2, 0x0300, true}, {0x211, 1, 0x80, false},
        {0x1f1, 1, 63, true},          {0x1f1, 1, 64, false},    {0x1f1, 1, 255, false},
        {0x1f4, 4, 0, false},          {0x1f4, 4, 1, true},      {0x1f4, 4, 0x04000000, true},
        {0x1f4, 4, 0x04000001, false}, {0x1f4, 4, ~0u, false},   {0x238, 4, ~0u, true},
        {0x260, 4, ~0u, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t h[IMAGE_HEADER_BYTES];
        struct image image;
        make_header(h);
        put(h + cases[i].offset, cases[i].value, cases[i].num_bytes);
        assert_int_equal(image_read_header(span_of(h, sizeof h), &image), cases[i].ok);
    }
}

static void test_complete(void **state)
{
    (void)state;
    const struct image image = {.setup_bytes = 4096, .protected_bytes = 0x10000};
    assert_true(image_is_complete(&image, 4096 + 0x10000));
    assert_true(image_is_complete(&image, 4096 + 0x10000 - 15));
    assert_false(image_is_complete(&image, 4096 + 0x10000 - 16));
    assert_true(image_is_complete(&image, UINT32_MAX));
    assert_false(image_is_complete(&image, 4095));
    assert_false(image_is_complete(&image, 0));
}

static void test_what_is_written(void **state)
{
    (void)state;
    static const uint8_t expected[] = {
        0xff, 0x81, 0,    0, /* 210 type_of_loader, loadflags, setup_move_size */
        0,    0,    0x10, 0, /* 214 code32_start */
        0,    0,    0,    0, /* 218 ramdisk_image */
        0,    0,    0,    0, /* 21c ramdisk_size */
        9,    9,    9,    9, /* 220 not ours */
        0x00, 0xee, 0x4a, 0, /* 224 heap_end_ptr, ext_loader_ver, ext_loader_type */
        0,    0xf0, 0x01, 0, /* 228 cmd_line_ptr */
    };
    uint8_t h[IMAGE_HEADER_BYTES], before[IMAGE_HEADER_BYTES];
    struct image image;
    make_header(h);
    put(h + 0x1fa, 0x1234, 2);
    memset(h + 0x214, 9, 0x18);
    memset(h + 0x250, 9, 8);
    memcpy(before, h, sizeof h);
    assert_true(image_read_header(span_of(h, sizeof h), &image));
    image_write_header(h, &image);
    assert_memory_equal(h + 0x210, expected, sizeof expected);
    assert_memory_equal(h + 0x1fa, "\xff\xff", 2);
    assert_memory_equal(h + 0x250, "\x00\xf4\x01\0\0\0\0\0", 8);
    assert_memory_equal(h, before, 0x1fa);
    assert_memory_equal(h + 0x1fc, before + 0x1fc, 0x210 - 0x1fc);
    assert_memory_equal(h + 0x22c, before + 0x22c, 0x250 - 0x22c);
    assert_memory_equal(h + 0x258, before + 0x258, sizeof h - 0x258);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound_header),
        cmocka_unit_test(test_older_headers),
        cmocka_unit_test(test_init_size_below_file_size),
        cmocka_unit_test(test_unsound_headers),
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_what_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
