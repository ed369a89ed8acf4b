/* units: legacy/multiboot.c legacy/reader.c kernel/memory/efi_memory_map.c kernel/firmware/efi_system_table.c
 * kernel/memory/memory_map.c */
/*
 * What a Multiboot 1 loader tells, in a small memory of its own: physical address = offset. What reads beyond
 * it meets the address sanitizer.
 */
#include "tests/host/host_test.h"

#include "legacy/multiboot.h"

#define MEMORY_BYTES 0x10000
#define INFO         0x1000
#define CMDLINE      0x2000
#define LOADER       0x3000
#define MAP          0x4000

#define HAS_MEMORY      (1u << 0)
#define HAS_CMDLINE     (1u << 2)
#define HAS_MAP         (1u << 6)
#define HAS_LOADER      (1u << 9)
#define HAS_FRAMEBUFFER (1u << 12)

static uint8_t *memory;
static struct boot_info *info;
static struct memory_map_work work;
static uint8_t raw_map[RAW_MAP_BYTES];
static struct reader reader;

static struct span memory_at(uint64_t paddr, size_t n)
{
    return paddr <= MEMORY_BYTES && n <= MEMORY_BYTES - paddr ? span_of(memory + paddr, n) : span_of(NULL, 0);
}

static int setup(void **state)
{
    (void)state;
    memory = calloc(1, MEMORY_BYTES);
    info = calloc(1, sizeof *info);
    memory_map_begin(&info->memory_map, &work);
    reader = (struct reader){.memory = memory_at, .info = info, .work = &work, .raw_map = raw_map};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(memory);
    free(info);
    return 0;
}

static void put(size_t at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        memory[at + i] = (uint8_t)(value >> (8 * i));
}

static void put_flags(uint32_t flags)
{
    put(INFO, flags, 4);
}

static void put_map(size_t bytes)
{
    put(INFO + 44, bytes, 4);
    put(INFO + 48, MAP, 4);
}

/* An entry that says it is `size` long; gives where the next begins. */
static size_t put_entry(size_t at, uint32_t size, uint64_t base, uint64_t bytes, uint32_t type)
{
    put(at, size, 4);
    put(at + 4, base, 8);
    put(at + 12, bytes, 8);
    put(at + 20, type, 4);
    return at + 4 + size;
}

/* A framebuffer of 16 bits with its colour fields at `color`, as offset in the information. */
static void put_framebuffer(uint8_t type, size_t color)
{
    put(INFO + 88, 0x4fd000000, 8);
    put(INFO + 96, 2048, 4);
    put(INFO + 100, 1000, 4);
    put(INFO + 104, 700, 4);
    put(INFO + 108, 16, 1);
    put(INFO + 109, type, 1);
    put(INFO + color, 0x05000605050b, 6); /* red 5 at 11, green 6 at 5, blue 5 at 0 */
}

static void take(void)
{
    multiboot_take(&reader, INFO);
    memory_map_normalise(&info->memory_map, &work);
}

static void test_nothing_told(void **state)
{
    (void)state;
    memset(memory + INFO, 0xff, MULTIBOOT_INFO_BYTES);
    put_flags(0);
    take();
    assert_string_equal(info->remarks, "");
    assert_string_equal(info->cmdline, "");
    assert_string_equal(info->loader, "");
    assert_int_equal(info->raw_map.kind, RAW_MAP_NONE);
    assert_int_equal(info->display.kind, DISPLAY_NONE);
    reader_end(&reader);
    assert_string_equal(info->remarks, "memory map not told; screen not told");
}

static void test_words(void **state)
{
    (void)state;
    put_flags(HAS_CMDLINE | HAS_LOADER);
    put(INFO + 16, CMDLINE, 4);
    put(INFO + 64, LOADER, 4);
    memcpy(memory + CMDLINE, "exit trial=divide", 18);
    memcpy(memory + LOADER, "GRUB 2.06", 10);
    take();
    assert_string_equal(info->cmdline, "exit trial=divide");
    assert_string_equal(info->loader, "GRUB 2.06");
    assert_string_equal(info->remarks, "");
}

static void test_words_without_an_end(void **state)
{
    (void)state;
    put_flags(HAS_CMDLINE | HAS_LOADER);
    put(INFO + 16, CMDLINE, 4);
    put(INFO + 64, MEMORY_BYTES - 3, 4); /* runs out of the memory */
    memset(memory + CMDLINE, 'x', 0x1000);
    take();
    assert_int_equal(strlen(info->cmdline), BOOT_CMDLINE_BYTES - 1);
    assert_string_equal(info->loader, "");
    assert_string_equal(info->remarks, "command line cut; loader's name without an end");
}

/* Entries of several sizes, and a type that only E820 would call unknown. */
static void test_map(void **state)
{
    (void)state;
    size_t at = put_entry(MAP, 20, 0, 0x9fc00, 1);
    at = put_entry(at, 24, 0xf0000, 0x10000, 2);
    at = put_entry(at, 28, 0x100000, 0x1000000, 1);
    at = put_entry(at, 20, 0x2000000, 0x1000, 12);
    put_flags(HAS_MAP | HAS_MEMORY);
    put_map(at - MAP);
    put(INFO + 4, 640, 4);
    put(INFO + 8, 0x100000, 4);
    take();
    assert_string_equal(info->remarks, "");
    assert_int_equal(info->raw_map.kind, RAW_MAP_MULTIBOOT);
    assert_int_equal(info->raw_map.num_entries, 4);
    assert_int_equal(info->memory_map.num_regions, 4);
    assert_int_equal(info->memory_map.repairs.num_unknown, 0);
    assert_int_equal(info->memory_map.regions[2].end, 0x1100000);
    assert_int_equal(info->memory_map.regions[3].type, MEMORY_RESERVED);
    assert_memory_equal(raw_map + 48, memory + MAP + 24 + 28 + 4, 20);
}

/* What can be read of a map that is cut or has an impossible entry is read; the rest is not followed. */
static void test_malformed_maps(void **state)
{
    static const uint32_t sizes[] = {0, 19, 4097, 0xfffffffc, 0xffffffff};

    (void)state;
    put_flags(HAS_MAP);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t at = put_entry(MAP, 20, 0, 0x9fc00, 1);
        put_entry(at, sizes[i], 0x100000, 0x1000000, 1);
        put_map(2 * 24);
        info->raw_map.num_entries = 0;
        info->remarks[0] = 0;
        take();
        assert_int_equal(info->raw_map.num_entries, 1);
        assert_string_equal(info->remarks, "memory map malformed");
    }
    for (size_t bytes = 1; bytes < 24; bytes++) { /* the second entry in part */
        put_entry(put_entry(MAP, 20, 0, 0x9fc00, 1), 20, 0x100000, 0x1000000, 1);
        put_map(24 + bytes);
        info->raw_map.num_entries = 0;
        info->remarks[0] = 0;
        take();
        assert_int_equal(info->raw_map.num_entries, 1);
        assert_string_equal(info->remarks, "memory map malformed");
    }
}

/* Without a map that can be read the two sizes serve. */
static void test_sizes_in_place_of_a_map(void **state)
{
    static const uint32_t bytes[] = {0, 23, MEMORY_BYTES, 0x7fffffff, 0xffffffff};

    (void)state;
    put_flags(HAS_MAP | HAS_MEMORY);
    put(INFO + 4, 639, 4);
    put(INFO + 8, 0xffffffff, 4); /* 4 TiB less a KiB: in 64 bits */
    put_entry(MAP, 20, 0, 0x9fc00, 1);
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        memset(info, 0, sizeof *info);
        memory_map_begin(&info->memory_map, &work);
        put_map(bytes[i]);
        take();
        assert_string_equal(info->remarks, "memory map malformed");
        assert_int_equal(info->raw_map.kind, RAW_MAP_SIZES);
        assert_int_equal(info->raw_map.num_entries, 2);
        assert_int_equal(info->memory_map.num_regions, 2);
        assert_int_equal(info->memory_map.regions[0].end, 639 * 1024);
        assert_int_equal(info->memory_map.regions[1].base, 0x100000);
        assert_int_equal(info->memory_map.regions[1].end, 0x100000 + (UINT64_C(0xffffffff) << 10));
    }
}

static void check_display(void)
{
    const struct display *d = &info->display;

    assert_string_equal(info->remarks, "");
    assert_int_equal(d->kind, DISPLAY_FRAMEBUFFER);
    assert_int_equal(d->paddr, 0x4fd000000);
    assert_int_equal(d->width, 1000);
    assert_int_equal(d->height, 700);
    assert_int_equal(d->pitch_bytes, 2048);
    assert_int_equal(d->size_bytes, 2048 * 700);
    assert_int_equal(d->bits_per_pixel, 16);
    assert_int_equal(d->red_mask, 0xf800);
    assert_int_equal(d->green_mask, 0x07e0);
    assert_int_equal(d->blue_mask, 0x001f);
}

/* The colour fields where the specification's text has them. */
static void test_framebuffer(void **state)
{
    (void)state;
    put_flags(HAS_FRAMEBUFFER);
    put_framebuffer(1, 110);
    take();
    check_display();
}

/* And where GRUB has them. */
static void test_framebuffer_aligned(void **state)
{
    (void)state;
    put_flags(HAS_FRAMEBUFFER);
    put_framebuffer(1, 112);
    take();
    check_display();
}

static void test_text(void **state)
{
    (void)state;
    put_flags(HAS_FRAMEBUFFER);
    put_framebuffer(2, 112);
    put(INFO + 88, 0xb8000, 8);
    put(INFO + 96, 160, 4);
    put(INFO + 100, 80, 4);
    put(INFO + 104, 25, 4);
    take();
    assert_string_equal(info->remarks, "");
    assert_int_equal(info->display.kind, DISPLAY_VGA_TEXT);
    assert_int_equal(info->display.width, 80);
    assert_int_equal(info->display.height, 25);
    assert_int_equal(info->display.paddr, 0xb8000);
    assert_int_equal(info->display.size_bytes, 0);
}

static void test_displays_that_cannot_be(void **state)
{
    static const struct {
        size_t at, bytes;
        uint64_t value;
        const char *remark;
    } bad[] = {
        {109, 1, 0, "framebuffer with a palette"}, {109, 1, 3, "framebuffer of unknown type"},
        {109, 1, 2, "framebuffer malformed"}, /* text, but not at 0xb8000 */
        {88, 8, 0, "framebuffer malformed"},       {88, 8, UINT64_MAX, "framebuffer malformed"},
        {96, 4, 0, "framebuffer malformed"},       {96, 4, 0xffffffff, "framebuffer malformed"},
        {100, 4, 0, "framebuffer malformed"},      {100, 4, 0x10000, "framebuffer malformed"},
        {104, 4, 0, "framebuffer malformed"},      {104, 4, 0xffffffff, "framebuffer malformed"},
    };

    (void)state;
    put_flags(HAS_FRAMEBUFFER);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put_framebuffer(1, 110);
        put(INFO + bad[i].at, bad[i].value, bad[i].bytes);
        info->remarks[0] = 0;
        take();
        assert_string_equal(info->remarks, bad[i].remark);
        assert_int_equal(info->display.kind, DISPLAY_NONE);
    }
}

static void test_information_out_of_reach(void **state)
{
    (void)state;
    multiboot_take(&reader, MEMORY_BYTES - MULTIBOOT_INFO_BYTES + 1);
    assert_string_equal(info->remarks, "Multiboot information unreadable");
}

/* Remarks have room for a few; what does not fit is left out. */
static void test_too_many_remarks(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        reader_remark(&reader, "something", "malformed");
    assert_int_equal(strlen(info->remarks), BOOT_REMARKS_BYTES - 1);
}

static void test_random_information(void **state)
{
    uint64_t seed = 5;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        for (size_t i = 0; i < MEMORY_BYTES; i += 8)
            put(i, random_u64(&seed), 8);
        put(INFO + 16, random_u64(&seed) % MEMORY_BYTES, 4);
        put(INFO + 44, random_u64(&seed) % MEMORY_BYTES, 4);
        put(INFO + 48, random_u64(&seed) % MEMORY_BYTES, 4);
        put(INFO + 64, random_u64(&seed) % MEMORY_BYTES, 4);
        memset(info, 0, sizeof *info);
        memory_map_begin(&info->memory_map, &work);
        take();
        assert_true(strlen(info->cmdline) < BOOT_CMDLINE_BYTES);
        assert_true(strlen(info->loader) < BOOT_LOADER_BYTES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_words, setup, teardown),
        cmocka_unit_test_setup_teardown(test_words_without_an_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_map, setup, teardown),
        cmocka_unit_test_setup_teardown(test_malformed_maps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sizes_in_place_of_a_map, setup, teardown),
        cmocka_unit_test_setup_teardown(test_framebuffer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_framebuffer_aligned, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_displays_that_cannot_be, setup, teardown),
        cmocka_unit_test_setup_teardown(test_information_out_of_reach, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_remarks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_random_information, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
