/* units: legacy/boot_params.c legacy/reader.c kernel/memory/efi_memory_map.c
 * kernel/firmware/efi_system_table.c kernel/memory/memory_map.c */
/*
 * boot_params and what it points at, in a small memory of its own: physical address = offset.
 */
#include "tests/host/host_test.h"

#include "legacy/boot_params.h"
#include "legacy/setup_data.h"

#define MEMORY_BYTES 0x20000

static uint8_t *memory;
static struct boot_info *info;
static struct memory_map_work work;
static uint8_t raw_map[RAW_MAP_BYTES];

static struct span memory_at(uint64_t paddr, size_t n)
{
    return paddr <= MEMORY_BYTES && n <= MEMORY_BYTES - paddr ? span_of(memory + paddr, n) : span_of(NULL, 0);
}

static struct reader reader;

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

static void put_e820(size_t at, uint64_t base, uint64_t size, uint32_t type)
{
    put(at, base, 8);
    put(at + 8, size, 8);
    put(at + 16, type, 4);
}

/* A node of setup_data at `at` with `len` bytes, the head of the chain. */
static void put_node(size_t at, uint32_t type, uint32_t len)
{
    put(at, span_u64(span_of(memory, MEMORY_BYTES), BP_SETUP_DATA), 8);
    put(at + 8, type, 4);
    put(at + 12, len, 4);
    put(BP_SETUP_DATA, at, 8);
}

static void read_params(void)
{
    boot_params_read(&reader, span_of(memory, BOOT_PARAMS_BYTES));
    memory_map_normalise(&info->memory_map, &work);
}

static void test_nothing_told(void **state)
{
    (void)state;
    read_params();
    assert_int_equal(info->display.kind, DISPLAY_NONE);
    assert_int_equal(info->raw_map.kind, RAW_MAP_NONE);
    assert_int_equal(info->memory_map.num_regions, 0);
    assert_string_equal(info->cmdline, "");
    assert_string_equal(info->loader, "LILO"); /* type 0 */
    assert_string_equal(info->remarks, "");
    reader_end(&reader);
    assert_string_equal(info->remarks, "memory map not told; screen not told");
}

static void test_params_out_of_reach(void **state)
{
    (void)state;
    boot_params_read(&reader, span_of(NULL, 0));
    assert_string_equal(info->remarks, "boot_params unreadable");
}

static void test_e820_table(void **state)
{
    (void)state;
    put(BP_E820_ENTRIES, 2, 1);
    put_e820(BP_E820_TABLE, 0, 0x9fc00, 1);
    put_e820(BP_E820_TABLE + 20, 0x100000, 0x1000000, 1);
    read_params();
    assert_int_equal(info->raw_map.kind, RAW_MAP_E820);
    assert_int_equal(info->raw_map.num_entries, 2);
    assert_int_equal(info->memory_map.num_regions, 2);
    assert_int_equal(info->memory_map.regions[1].base, 0x100000);
    assert_int_equal(info->memory_map.regions[1].end, 0x1100000);
    assert_int_equal(raw_map[24 + 2], 0x10);
}

/* 255 entries are claimed, 128 have room. */
static void test_too_many_e820_entries(void **state)
{
    (void)state;
    put(BP_E820_ENTRIES, 255, 1);
    for (uint64_t i = 0; i < 128; i++)
        put_e820(BP_E820_TABLE + i * 20, i * 0x2000, 0x1000, 1);
    read_params();
    assert_int_equal(info->raw_map.num_entries, 128);
}

static void test_e820_extension(void **state)
{
    (void)state;
    put_node(0x3000, SETUP_E820_EXT, 2 * 20 + 5); /* half an entry at the end */
    put_e820(0x3010, 0x1000, 0x1000, 1);
    put_e820(0x3024, 0x2000, 0x1000, 2);
    read_params();
    assert_int_equal(info->raw_map.num_entries, 2);
    assert_int_equal(info->memory_map.num_regions, 2);
}

/* More entries than the raw map has room for: the rest is counted. */
static void test_more_entries_than_fit(void **state)
{
    (void)state;
    put_node(0x3000, SETUP_E820_EXT, (MEMORY_MAP_MAX_ENTRIES + 3) * 20);
    for (uint64_t i = 0; i < MEMORY_MAP_MAX_ENTRIES + 3; i++)
        put_e820(0x3010 + i * 20, i * 0x2000, 0x1000, 1);
    read_params();
    assert_int_equal(info->raw_map.num_entries, MEMORY_MAP_MAX_ENTRIES);
    assert_int_equal(info->raw_map.num_dropped, 3);
    assert_int_equal(info->memory_map.num_entries, MEMORY_MAP_MAX_ENTRIES);
}

static void test_answers_of_our_setup_code(void **state)
{
    size_t data = 0x3000 + sizeof(struct setup_data), entries = data + offsetof(struct e820_answers, entries);

    (void)state;
    put_node(0x3000, SETUP_JANUS_E820, sizeof(struct e820_answers) + 3 * 24);
    put(data, 1111, 8);
    put(data + 8, 2222, 8);
    put(data + 16, 5, 4); /* answers */
    put(data + 20, 3, 4); /* stored */
    for (size_t i = 0; i < 3; i++) {
        put_e820(entries + i * 24, 0x1000 * (i + 1), 0x1000, 1);
        put(entries + i * 24 + 20, i != 1, 4); /* the second says: ignore me */
    }
    read_params();
    assert_int_equal(info->route, BOOT_ROUTE_BIOS);
    assert_int_equal(info->entry, BOOT_ENTRY_LINUX_16);
    assert_int_equal(info->timeline[BOOT_STEP_ENTRY], 1111);
    assert_int_equal(info->timeline[BOOT_STEP_MAP], 2222);
    assert_int_equal(info->raw_map.num_entries, 3);
    assert_int_equal(info->raw_map.num_dropped, 2);
    assert_int_equal(info->memory_map.num_entries, 2);
    assert_int_equal(info->memory_map.num_regions, 2);
    assert_int_equal(info->memory_map.regions[1].base, 0x3000);
}

static void test_loader_time_stamp_and_foreign_nodes(void **state)
{
    (void)state;
    put_node(0x3000, SETUP_JANUS_LOADER, 8);
    put(0x3010, 0x123456789a, 8);
    put_node(0x4000, 0x777, 0x100);
    read_params();
    assert_int_equal(info->timeline[BOOT_STEP_LOADER], 0x123456789a);
}

/* The table in boot_params, and one of two nodes: the one that says where the data of the other lies. */
static void test_indirect_e820_extension(void **state)
{
    (void)state;
    put(BP_E820_ENTRIES, 1, 1);
    put_e820(BP_E820_TABLE, 0x1000, 0x1000, 1);
    put_node(0x3000, SETUP_INDIRECT, sizeof(struct setup_indirect));
    put(0x3010, SETUP_INDIRECT | SETUP_E820_EXT, 4);
    put(0x3018, 2 * 20, 8);
    put(0x3020, 0x4000, 8);
    put_e820(0x4000, 0x2000, 0x1000, 2);
    put_e820(0x4014, 0x3000, 0x1000, 1);
    read_params();
    assert_int_equal(info->raw_map.num_entries, 3);
    assert_int_equal(info->memory_map.num_regions, 3);
    assert_string_equal(info->remarks, "");
}

static void test_chains_that_lie(void **state)
{
    (void)state;
    put_node(0x3000, SETUP_E820_EXT, 0xffffffff);
    read_params();
    assert_string_equal(info->remarks, "E820 extension unreadable");
    put_node(0x3000, 0x777, 1);
    put(0x3000, 0x3000, 8); /* points at itself */
    info->remarks[0] = 0;
    read_params();
    assert_string_equal(info->remarks, "setup_data without an end");
    put(BP_SETUP_DATA, 0xfffffffffffffff0, 8);
    info->remarks[0] = 0;
    read_params();
    assert_string_equal(info->remarks, "setup_data unreadable");
    put(BP_SETUP_DATA, MEMORY_BYTES - 8, 8);
    read_params();
    assert_int_equal(info->memory_map.num_regions, 0);
}

/* efi_info with a system table at 0x6000 and `num` descriptors of 48 bytes at 0x7000: usable, a page each. */
static void put_efi_info(const char *signature, uint64_t num)
{
    memcpy(memory + BP_EFI_SIGNATURE, signature, 4);
    put(BP_EFI_SYSTAB, 0x6000, 4);
    memcpy(memory + 0x6000, "IBI SYST", 8);
    put(0x6008, 0x00020046, 4);
    put(BP_EFI_MEMMAP, 0x7000, 4);
    put(BP_EFI_MEMMAP_BYTES, num * 48, 4);
    put(BP_EFI_MEMDESC_BYTES, 48, 4);
    for (uint64_t i = 0; i < num; i++) {
        put(0x7000 + i * 48, 7, 4);
        put(0x7000 + i * 48 + 8, 0x100000 + i * 0x2000, 8);
        put(0x7000 + i * 48 + 24, 1, 8);
    }
}

static void test_efi_map_counts_before_e820(void **state)
{
    (void)state;
    put(BP_E820_ENTRIES, 1, 1);
    put_e820(BP_E820_TABLE, 0, 0x9fc00, 1);
    put_node(0x3000, SETUP_E820_EXT, 20);
    put_e820(0x3010, 0x1000, 0x1000, 1);
    put_efi_info("EL32", 2);
    read_params();
    assert_int_equal(info->route, BOOT_ROUTE_UEFI);
    assert_int_equal(info->uefi_bits, 32);
    assert_int_equal(info->efi_system_table, 0x6000);
    assert_int_equal(info->raw_map.kind, RAW_MAP_EFI);
    assert_int_equal(info->raw_map.num_entries, 2);
    assert_int_equal(info->raw_map.entry_size_bytes, 48);
    assert_memory_equal(raw_map, memory + 0x7000, 96);
    assert_int_equal(info->memory_map.num_entries, 2);
    assert_int_equal(info->memory_map.num_regions, 2);
    assert_int_equal(info->memory_map.regions[1].base, 0x102000);
    assert_string_equal(info->remarks, "");
    put(BP_EFI_SIGNATURE + 2, 0x3436, 2); /* "64" */
    read_params();
    assert_int_equal(info->uefi_bits, 64);
}

static void test_secure_boot(void **state)
{
    static const uint32_t expected[] = {SECURE_BOOT_NOT_TOLD, SECURE_BOOT_NOT_TOLD, SECURE_BOOT_OFF,
                                        SECURE_BOOT_ON, SECURE_BOOT_NOT_TOLD};

    (void)state;
    put_efi_info("EL64", 1);
    for (size_t told = 0; told < sizeof expected / sizeof expected[0]; told++) {
        put(BP_SECURE_BOOT, told, 1);
        read_params();
        assert_int_equal(info->secure_boot, expected[told]);
    }
}

static void test_efi_info_of_nobody(void **state)
{
    (void)state;
    put_efi_info("EL33", 2);
    read_params();
    assert_int_equal(info->route, BOOT_ROUTE_NOT_TOLD);
    assert_int_equal(info->efi_system_table, 0);
    assert_int_equal(info->raw_map.kind, RAW_MAP_NONE);
}

static void test_more_descriptors_than_fit(void **state)
{
    (void)state;
    put_efi_info("EL64", MEMORY_MAP_MAX_ENTRIES + 3);
    read_params();
    assert_int_equal(info->raw_map.num_entries, MEMORY_MAP_MAX_ENTRIES);
    assert_int_equal(info->raw_map.num_dropped, 3);
}

/* The loader's own word on ACPI counts more. */
static void test_rsdp_is_the_loaders(void **state)
{
    (void)state;
    put_efi_info("EL64", 2);
    put(0x6000 + 104, 1, 8); /* one configuration table, ACPI 2.0 */
    put(0x6000 + 112, 0x6800, 8);
    put(0x6800, 0x11d3e4f18868e871, 8);
    put(0x6808, 0x81883cc7800022bc, 8);
    put(0x6810, 0x3330, 8);
    read_params();
    assert_int_equal(info->rsdp_paddr, 0x3330);
    put(BP_ACPI_RSDP, 0xe0000, 8);
    read_params();
    assert_int_equal(info->rsdp_paddr, 0xe0000);
}

/* Maps that cannot be: E820 serves in their place. */
static void test_bad_efi_maps(void **state)
{
    static const struct {
        size_t map_bytes, descriptor_bytes;
    } bad[] = {{96, 0}, {96, 39}, {47, 48}, {0, 48}, {0xffffffff, 48}, {0x18000, 0x18001}};

    (void)state;
    put(BP_E820_ENTRIES, 1, 1);
    put_e820(BP_E820_TABLE, 0x1000, 0x8000, 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memset(info, 0, sizeof *info);
        memory_map_begin(&info->memory_map, &work);
        put_efi_info("EL64", 2);
        put(BP_EFI_MEMMAP_BYTES, bad[i].map_bytes, 4);
        put(BP_EFI_MEMDESC_BYTES, bad[i].descriptor_bytes, 4);
        read_params();
        assert_int_equal(info->uefi_bits, 64);
        assert_string_equal(info->remarks, "UEFI memory map malformed");
        assert_int_equal(info->raw_map.kind, RAW_MAP_E820);
        assert_int_equal(info->memory_map.num_regions, 1);
    }
}

static void test_efi_system_table_out_of_reach(void **state)
{
    (void)state;
    put_efi_info("EL64", 2);
    put(BP_EFI_SYSTAB_HIGH, 1, 4);
    read_params();
    assert_int_equal(info->route, BOOT_ROUTE_UEFI);
    assert_int_equal(info->uefi_revision, 0);
    assert_string_equal(info->remarks, "EFI system table unreadable");
}

static void test_cmdline(void **state)
{
    (void)state;
    memcpy(memory + 0x5000, "exit trial=divide", 18);
    put(BP_CMD_LINE_PTR, 0x5000, 4);
    read_params();
    assert_string_equal(info->cmdline, "exit trial=divide");
}

static void test_endless_cmdline_is_cut(void **state)
{
    (void)state;
    memset(memory + 0x5000, 'x', 0x2000);
    put(BP_CMD_LINE_PTR, 0x5000, 4);
    read_params();
    assert_int_equal(strlen(info->cmdline), BOOT_CMDLINE_BYTES - 1);
    assert_string_equal(info->remarks, "command line cut");
}

static void test_loader_and_screen(void **state)
{
    (void)state;
    put(BP_TYPE_OF_LOADER, 0xff, 1);
    put(BP_EXT_LOADER_VER, BP_OUR_LOADER_VER, 1);
    put(BP_VIDEO_IS_VGA, 1, 1);
    put(BP_VIDEO_MODE, 3, 1);
    put(BP_VIDEO_COLUMNS, 80, 1);
    put(BP_VIDEO_LINES, 25, 1);
    put(BP_ACPI_RSDP, 0xf0000, 8);
    read_params();
    assert_string_equal(info->loader, "Janus MBR");
    assert_int_equal(info->display.kind, DISPLAY_VGA_TEXT);
    assert_int_equal(info->display.width, 80);
    assert_int_equal(info->display.height, 25);
    assert_int_equal(info->rsdp_paddr, 0xf0000);
}

static void test_loader_is_named_by_its_type(void **state)
{
    static const struct {
        uint8_t type;
        const char *name;
    } loaders[] = {{0x20, "of an unassigned type"},
                   {0x30, "SYSLINUX, PXELINUX or ISOLINUX"},
                   {0x40, "Etherboot or gPXE"},
                   {0x46, "iPXE"},
                   {0x72, "GRUB"},
                   {0xb0, "QEMU"}};

    (void)state;
    for (size_t i = 0; i < sizeof loaders / sizeof *loaders; i++) {
        put(BP_TYPE_OF_LOADER, loaders[i].type, 1);
        read_params();
        assert_string_equal(info->loader, loaders[i].name);
    }
}

static void test_framebuffer(void **state)
{
    (void)state;
    put(BP_VIDEO_IS_VGA, 0x23, 1);
    put(BP_LFB_WIDTH, 1280, 2);
    put(BP_LFB_HEIGHT, 800, 2);
    put(BP_LFB_DEPTH, 15, 2);
    put(BP_LFB_BASE, 0xfd000000, 4);
    put(BP_LFB_BASE_HIGH, 0x70, 4);
    put(BP_LFB_PITCH, 2560, 2);
    put(BP_LFB_MASKS, 0x000505050a05, 6); /* sizes 5, positions 10, 5, 0, the first byte lowest */
    read_params();
    assert_int_equal(info->display.kind, DISPLAY_FRAMEBUFFER);
    assert_int_equal(info->display.bits_per_pixel, 16);
    assert_int_equal(info->display.pitch_bytes, 2560);
    assert_int_equal(info->display.red_mask, 0x7c00);
    assert_int_equal(info->display.green_mask, 0x03e0);
    assert_int_equal(info->display.blue_mask, 0x001f);
    assert_int_equal(info->display.paddr, 0xfd000000); /* the high half does not count yet */
    put(BP_VIDEO_CAPABILITIES, 2, 4);
    read_params();
    assert_int_equal(info->display.paddr, 0x70fd000000);
}

static void test_framebuffer_nowhere(void **state)
{
    (void)state;
    put(BP_VIDEO_IS_VGA, 0x70, 1);
    put(BP_LFB_WIDTH, 1280, 2);
    read_params();
    assert_int_equal(info->display.kind, DISPLAY_NONE);
}

/* Random pages with some pointers that lead somewhere. ASan and UBSan watch. */
static void test_random_pages(void **state)
{
    uint64_t seed = 99;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        for (size_t i = 0; i < MEMORY_BYTES; i += 8)
            put(i, random_u64(&seed), 8);
        put(BP_EFI_SIGNATURE, round % 2 ? BP_EFI_SIGNATURE_32 : BP_EFI_SIGNATURE_64, 4);
        put(BP_EFI_MEMMAP, random_u64(&seed) % MEMORY_BYTES, 4);
        put(BP_EFI_MEMMAP_HIGH, 0, 4);
        put(BP_EFI_MEMMAP_BYTES, random_u64(&seed) % 10000, 4);
        put(BP_EFI_MEMDESC_BYTES, random_u64(&seed) % 100, 4);
        put(BP_SETUP_DATA, random_u64(&seed) % MEMORY_BYTES, 8);
        put(BP_CMD_LINE_PTR, random_u64(&seed) % MEMORY_BYTES, 4);
        memset(info, 0, sizeof *info);
        memory_map_begin(&info->memory_map, &work);
        read_params();
        assert_true(strlen(info->cmdline) < BOOT_CMDLINE_BYTES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_e820_table, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_e820_entries, setup, teardown),
        cmocka_unit_test_setup_teardown(test_e820_extension, setup, teardown),
        cmocka_unit_test_setup_teardown(test_more_entries_than_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_answers_of_our_setup_code, setup, teardown),
        cmocka_unit_test_setup_teardown(test_loader_time_stamp_and_foreign_nodes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_params_out_of_reach, setup, teardown),
        cmocka_unit_test_setup_teardown(test_indirect_e820_extension, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chains_that_lie, setup, teardown),
        cmocka_unit_test_setup_teardown(test_efi_map_counts_before_e820, setup, teardown),
        cmocka_unit_test_setup_teardown(test_secure_boot, setup, teardown),
        cmocka_unit_test_setup_teardown(test_efi_info_of_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(test_more_descriptors_than_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rsdp_is_the_loaders, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_efi_maps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_efi_system_table_out_of_reach, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cmdline, setup, teardown),
        cmocka_unit_test_setup_teardown(test_endless_cmdline_is_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(test_loader_and_screen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_loader_is_named_by_its_type, setup, teardown),
        cmocka_unit_test_setup_teardown(test_framebuffer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_framebuffer_nowhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_random_pages, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
