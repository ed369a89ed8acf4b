/* units: legacy/multiboot*.c legacy/reader.c kernel/memory/efi_memory_map.c
 * kernel/firmware/efi_system_table.c kernel/memory/memory_map.c */
/*
 * Multiboot 2 information, built tag by tag. It lies at the end of an allocation of its own, so that what
 * reads beyond its size meets the address sanitizer; the reader sees it at physical address INFO.
 */
#include "tests/host/host_test.h"

#include "legacy/multiboot2.h"

#define INFO       0x10000
#define ROOM_BYTES 0x4000

static uint8_t room[ROOM_BYTES];
static size_t used;
static uint8_t *told; /* a copy of what is used of the room, no byte more */
static struct boot_info *info;
static struct memory_map_work work;
static uint8_t raw_map[RAW_MAP_BYTES], rsdp_copy[36], smbios_copy[32];
static struct reader reader;

static uint64_t out_of_reach; /* the last address of which nothing could be read */

static struct span memory_at(uint64_t paddr, size_t n)
{
    assert_true(n <= 1 << 20); /* nobody believes a loader that tells megabytes */
    if (paddr < INFO || paddr - INFO > used || n > used - (paddr - INFO)) {
        out_of_reach = paddr;
        return span_of(NULL, 0);
    }
    return span_of(told + (paddr - INFO), n);
}

static void forget(void)
{
    memset(info, 0, sizeof *info);
    memory_map_begin(&info->memory_map, &work);
    used = 8;
}

static int setup(void **state)
{
    (void)state;
    info = calloc(1, sizeof *info);
    reader = (struct reader){memory_at, info, &work, raw_map, rsdp_copy, smbios_copy};
    forget();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(info);
    return 0;
}

static void put(uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        room[used++] = (uint8_t)(i < 8 ? value >> (8 * i) : 0);
}

/* A tag that says it has `size` bytes; its own follow, then padding. */
static void tag(uint32_t type, uint32_t size)
{
    while (used % 8 != 0)
        put(0xee, 1);
    put(type, 4);
    put(size, 4);
}

static void tag_text(uint32_t type, const char *text, size_t bytes)
{
    tag(type, (uint32_t)(8 + bytes));
    for (size_t i = 0; i < bytes; i++)
        put((uint8_t)text[i], 1);
}

static void tag_entry(uint64_t base, uint64_t size, uint32_t type, size_t step)
{
    put(base, 8);
    put(size, 8);
    put(type, 4);
    put(0, step - 20);
}

static void tag_framebuffer(uint8_t type)
{
    tag(8, 38);
    put(0x4fd000000, 8);
    put(4096, 4);
    put(1024, 4);
    put(768, 4);
    put(32, 1);
    put(type, 1);
    put(0, 2);
    put(0x080008080810, 6);
}

static void end(void)
{
    tag(0, 8);
}

/* Takes what was built, with `size` as the size that stands in front. */
static void take_as(uint32_t size)
{
    memcpy(room, &size, 4);
    told = malloc(used);
    memcpy(told, room, used);
    multiboot2_take(&reader, INFO);
    memory_map_normalise(&info->memory_map, &work);
    free(told);
}

static void take(void)
{
    take_as((uint32_t)used);
}

static void test_nothing_told(void **state)
{
    (void)state;
    end();
    take();
    assert_string_equal(info->remarks, "");
    assert_int_equal(info->raw_map.kind, RAW_MAP_NONE);
    assert_int_equal(info->display.kind, DISPLAY_NONE);
    assert_int_equal(info->rsdp_paddr, 0);
    assert_int_equal(info->route, BOOT_ROUTE_NOT_TOLD);
}

/* All that GRUB tells on a BIOS, and tags of no meaning to us between them. */
static void test_bios(void **state)
{
    (void)state;
    tag_text(1, "exit trial=divide", 18);
    tag_text(2, "GRUB 2.06", 10);
    tag(10, 28); /* APM */
    put(0, 20);
    tag(4, 16);
    put(639, 4);
    put(0x10000, 4);
    tag(6, 16 + 3 * 24);
    put(24, 4);
    put(0, 4);
    tag_entry(0, 0x9fc00, 1, 24);
    tag_entry(0xf0000, 0x10000, 2, 24);
    tag_entry(0x100000, 0x1000000, 1, 24);
    tag_framebuffer(1);
    tag_text(14, "RSD PTR .1234567890.", 20);
    tag(13, 16 + 32);
    put(0x0802, 2);
    put(0, 6);
    put(0x5f334d535f, 32);
    end();
    take();
    assert_string_equal(info->remarks, "");
    assert_string_equal(info->cmdline, "exit trial=divide");
    assert_string_equal(info->loader, "GRUB 2.06");
    assert_int_equal(info->raw_map.kind, RAW_MAP_MULTIBOOT);
    assert_int_equal(info->raw_map.num_entries, 3);
    assert_int_equal(info->memory_map.num_regions, 3);
    assert_int_equal(info->memory_map.regions[2].end, 0x1100000);
    assert_int_equal(info->display.kind, DISPLAY_FRAMEBUFFER);
    assert_int_equal(info->display.paddr, 0x4fd000000);
    assert_int_equal(info->display.pitch_bytes, 4096);
    assert_int_equal(info->display.red_mask, 0xff0000);
    assert_int_equal(info->display.blue_mask, 0x0000ff);
    assert_int_equal(info->rsdp_paddr, (uintptr_t)rsdp_copy); /* what the loader has is free memory soon */
    assert_memory_equal(rsdp_copy, "RSD PTR .1234567890.", 20);
    assert_int_equal(info->smbios_paddr, (uintptr_t)smbios_copy);
    assert_memory_equal(smbios_copy, "_SM3_", 5);
}

/* Entries longer than those we know are stepped over whole. */
static void test_map_of_longer_entries(void **state)
{
    (void)state;
    tag(6, 16 + 2 * 40);
    put(40, 4);
    put(1, 4);
    tag_entry(0, 0x1000, 1, 40);
    tag_entry(0x5000, 0x1000, 3, 40);
    end();
    take();
    assert_string_equal(info->remarks, "");
    assert_int_equal(info->memory_map.num_regions, 2);
    assert_int_equal(info->memory_map.regions[1].base, 0x5000);
    assert_int_equal(info->memory_map.regions[1].type, MEMORY_ACPI_RECLAIMABLE);
}

static void test_newer_rsdp_counts(void **state)
{
    static const char newer[36] = "RSD PTR newer 4567890123456789012345";

    (void)state;
    for (int order = 0; order < 2; order++) {
        forget();
        if (order == 0)
            tag_text(15, newer, 36);
        tag_text(14, "RSD PTR older 456789", 20);
        if (order == 1)
            tag_text(15, newer, 36);
        end();
        take();
        assert_string_equal(info->remarks, "");
        assert_memory_equal(rsdp_copy, newer, 36);
    }
}

/* On UEFI: the firmware's own map, not the loader's version. The system table is out of reach here. */
static void test_efi(void **state)
{
    (void)state;
    tag(6, 16 + 24);
    put(24, 4);
    put(0, 4);
    tag_entry(0, 0x9fc00, 1, 24);
    tag(12, 16);
    put(0x123456789a, 8);
    tag(20, 16);
    put(0x777, 8);
    tag(17, 16 + 2 * 48);
    put(48, 4);
    put(1, 4);
    for (uint64_t i = 1; i <= 2; i++) {
        put(i == 1 ? 7 : 10, 8);
        put(i * 0x10000, 8);
        put(0, 8);
        put(i, 8);
        put(0, 16);
    }
    end();
    take();
    assert_int_equal(info->route, BOOT_ROUTE_UEFI);
    assert_int_equal(out_of_reach, 0x123456789a);
    assert_string_equal(info->remarks, "EFI system table unreadable");
    assert_int_equal(info->raw_map.kind, RAW_MAP_EFI);
    assert_int_equal(info->raw_map.num_entries, 2);
    assert_int_equal(info->memory_map.num_regions, 2);
    assert_int_equal(info->memory_map.regions[1].type, MEMORY_ACPI_NVS);
    assert_int_equal(info->memory_map.regions[1].end, 0x22000);
}

static void test_words_for_the_efi_entry(void **state)
{
    struct multiboot2 m;

    (void)state;
    tag_text(1, "exit", 5);
    tag(12, 16);
    put(0x123456789a, 8);
    tag(20, 16);
    put(0x777, 8);
    end();
    room[0] = (uint8_t)used;
    told = room;
    multiboot2_take_words(&reader, INFO, &m);
    assert_string_equal(info->cmdline, "exit");
    assert_int_equal(m.efi_system_table, 0x123456789a);
    assert_int_equal(m.efi_image_handle, 0x777);
    assert_true(m.is_efi_64bit);
}

/* Each tag one byte shorter than it must be: named, not used, and the one behind it is still read. */
static void test_short_tags(void **state)
{
    static const struct {
        uint32_t type, min_bytes;
        const char *remark;
    } tags[] = {
        {1, 9, "command line tag malformed"},
        {2, 9, "loader name tag malformed"},
        {4, 16, "memory size tag malformed"},
        {6, 16 + 24, "memory map tag malformed"},
        {8, 30, "framebuffer tag malformed"},
        {11, 12, "EFI system table tag malformed"},
        {12, 16, "EFI system table tag malformed"},
        {13, 17, "SMBIOS tag malformed"},
        {14, 28, "ACPI tag malformed"},
        {15, 44, "ACPI tag malformed"},
        {17, 17, "EFI memory map tag malformed"},
        {20, 16, "EFI image handle tag malformed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        for (uint32_t size = 8; size < tags[i].min_bytes; size++) {
            forget();
            tag(tags[i].type, size);
            put(24, size > 11 ? 4 : size - 8); /* what would be the step of a map */
            for (uint32_t n = size > 11 ? 12 : size; n < size; n++)
                put(0x11, 1);
            tag_text(tags[i].type == 2 ? 1 : 2, "behind", 7);
            end();
            take();
            assert_string_equal(info->remarks, tags[i].remark);
            assert_string_equal(tags[i].type == 2 ? info->cmdline : info->loader, "behind");
            assert_int_equal(info->raw_map.kind, RAW_MAP_NONE);
            assert_int_equal(info->route, BOOT_ROUTE_NOT_TOLD);
            assert_int_equal(info->rsdp_paddr, 0);
            assert_int_equal(info->smbios_paddr, 0);
        }
    }
}

static void test_map_steps_that_cannot_be(void **state)
{
    static const uint32_t steps[] = {0, 8, 23, 16 + 24 + 1, 0x80000000, 0xffffffff};

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        forget();
        tag(6, 16 + 24);
        put(steps[i], 4);
        put(0, 4);
        tag_entry(0, 0x9fc00, 1, 24);
        tag(4, 16);
        put(639, 4);
        put(1024, 4);
        end();
        take();
        assert_string_equal(info->remarks, "memory map tag malformed");
        assert_int_equal(info->raw_map.kind, RAW_MAP_SIZES); /* the two sizes serve */
        assert_int_equal(info->memory_map.regions[1].end, 0x200000);
    }
}

/* A size below a tag's own head, or beyond the end, of any tag: nothing behind it can be found. */
static void test_sizes_that_lead_nowhere(void **state)
{
    static const uint32_t sizes[] = {0, 7, 41, 0x7fffffff, 0xfffffff8, 0xffffffff};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        forget();
        tag_text(1, "kept", 5);
        tag(99, sizes[i]);
        tag_text(2, "lost", 5);
        end();
        take();
        assert_string_equal(info->cmdline, "kept");
        assert_string_equal(info->loader, "");
        assert_string_equal(info->remarks, "Multiboot information cut short");
    }
}

static void test_information_without_an_end(void **state)
{
    (void)state;
    tag_text(1, "exit", 5);
    take();
    assert_string_equal(info->cmdline, "exit");
    assert_string_equal(info->remarks, "Multiboot information cut short");
}

static void test_information_of_impossible_size(void **state)
{
    static const uint32_t sizes[] = {0, 1, 8, 9, 15, 1000, 0x100001, 0xffffffff};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        forget();
        tag_text(1, "exit", 5);
        end();
        take_as(sizes[i]);
        assert_string_equal(info->remarks, "Multiboot information cut short");
        assert_string_equal(info->cmdline, "");
    }
}

static void test_words_without_an_end(void **state)
{
    char name[BOOT_LOADER_BYTES + 1];

    (void)state;
    memset(name, 'n', sizeof name);
    tag_text(1, "exit", 4);
    tag_text(2, name, sizeof name);
    end();
    take();
    assert_string_equal(info->cmdline, "exit");
    assert_int_equal(strlen(info->loader), BOOT_LOADER_BYTES - 1);
    assert_string_equal(info->remarks, "command line without an end; loader's name cut");
}

/* Cut anywhere, with any size in front. */
static void test_every_cut(void **state)
{
    size_t whole;

    (void)state;
    test_bios(state);
    whole = used;
    for (size_t n = 8; n < whole; n++) {
        forget();
        used = n;
        take();
        assert_non_null(strstr(info->remarks, "Multiboot information cut short"));
    }
}

static void test_random_information(void **state)
{
    static const uint32_t types[] = {1, 2, 4, 6, 8, 11, 12, 13, 14, 15, 17, 20};
    uint64_t seed = 11;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        forget();
        for (uint64_t tags = random_u64(&seed) % 12; tags > 0; tags--) {
            uint32_t size = 8 + (uint32_t)(random_u64(&seed) % 80);
            tag(types[random_u64(&seed) % 12],
                random_u64(&seed) % 16 == 0 ? (uint32_t)random_u64(&seed) : size);
            for (uint32_t n = 8; n < size; n++)
                put(random_u64(&seed) % 3 == 0 ? random_u64(&seed) : 0, 1);
        }
        end();
        take_as(random_u64(&seed) % 8 == 0 ? (uint32_t)(random_u64(&seed) % ROOM_BYTES) : (uint32_t)used);
        assert_true(strlen(info->cmdline) < BOOT_CMDLINE_BYTES);
        assert_true(strlen(info->remarks) < BOOT_REMARKS_BYTES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bios, setup, teardown),
        cmocka_unit_test_setup_teardown(test_map_of_longer_entries, setup, teardown),
        cmocka_unit_test_setup_teardown(test_newer_rsdp_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_efi, setup, teardown),
        cmocka_unit_test_setup_teardown(test_words_for_the_efi_entry, setup, teardown),
        cmocka_unit_test_setup_teardown(test_short_tags, setup, teardown),
        cmocka_unit_test_setup_teardown(test_map_steps_that_cannot_be, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sizes_that_lead_nowhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_information_without_an_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_information_of_impossible_size, setup, teardown),
        cmocka_unit_test_setup_teardown(test_words_without_an_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(test_random_information, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
