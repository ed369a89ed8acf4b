/* units: legacy/partition.c */
#include "tests/host/host_test.h"

#include "legacy/partition.h"

static const uint8_t esp_guid[] = {0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
                                   0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b};

static void put(uint8_t *p, uint64_t value, size_t num_bytes)
{
    for (size_t i = 0; i < num_bytes; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static void set_entry(uint8_t *mbr, size_t index, uint8_t status, uint8_t type, uint32_t lba)
{
    uint8_t *e = mbr + 446 + index * 16;
    e[0] = status;
    e[4] = type;
    put(e + 8, lba, 4);
}

static void expect_mbr(const uint8_t *mbr, enum mbr_kind kind, uint32_t lba)
{
    uint32_t found = 0;
    assert_int_equal(mbr_find_partition(span_of(mbr, 512), &found), kind);
    if (kind == MBR_PARTITION)
        assert_int_equal(found, lba);
}

static void test_mbr(void **state)
{
    (void)state;
    static const uint8_t types[] = {0x0b, 0x0c, 0xef};
    for (size_t t = 0; t < sizeof types; t++) {
        for (size_t i = 0; i < 4; i++) {
            uint8_t mbr[512] = {0};
            set_entry(mbr, i, 0x80, types[t], 0x12345678);
            expect_mbr(mbr, MBR_PARTITION, 0x12345678);
        }
    }
}

static void test_mbr_without_a_volume(void **state)
{
    (void)state;
    uint8_t mbr[512] = {0};
    expect_mbr(mbr, MBR_NOTHING, 0);
    set_entry(mbr, 0, 0x00, 0x0c, 2048); /* not active */
    set_entry(mbr, 1, 0x80, 0x83, 4096); /* no FAT32 */
    set_entry(mbr, 2, 0x01, 0x0c, 8192); /* neither active nor not */
    set_entry(mbr, 3, 0x80, 0x0c, 0);    /* the MBR itself */
    expect_mbr(mbr, MBR_NOTHING, 0);
    uint32_t lba;
    assert_int_equal(mbr_find_partition(span_of(mbr, 0), &lba), MBR_NOTHING);
}

static void test_mbr_of_several(void **state)
{
    (void)state;
    uint8_t mbr[512] = {0};
    set_entry(mbr, 0, 0x00, 0xee, 1);
    expect_mbr(mbr, MBR_GPT, 0);
    set_entry(mbr, 3, 0x80, 0x0c, 70000);
    expect_mbr(mbr, MBR_PARTITION, 70000);
    set_entry(mbr, 1, 0x80, 0x0b, 60000);
    expect_mbr(mbr, MBR_PARTITION, 60000);
}

static void make_header(uint8_t *header)
{
    memset(header, 0, 512);
    memcpy(header, "EFI PART", 8);
    put(header + 12, 92, 4);
    put(header + 72, 2, 8);
    put(header + 80, 128, 4);
    put(header + 84, 128, 4);
}

static void test_gpt_header(void **state)
{
    (void)state;
    uint8_t header[512];
    struct gpt gpt;
    make_header(header);
    assert_true(gpt_read_header(span_of(header, 512), &gpt));
    assert_int_equal(gpt.entries_lba, 2);
    assert_int_equal(gpt.num_entries, 128);
    assert_int_equal(gpt.entry_bytes, 128);
    assert_false(gpt_read_header(span_of(header, 80), &gpt));
}

static void test_gpt_header_fields(void **state)
{
    (void)state;
    static const struct {
        size_t offset, num_bytes;
        uint64_t value;
        bool ok;
    } cases[] = {
        {0, 1, 'e', false},         {4, 1, 'p', false},          {12, 4, 91, false},
        {12, 4, 512, true},         {12, 4, 513, false},         {72, 8, 1, false},
        {72, 8, 34, true},          {72, 8, 0x100000002, false}, {72, 8, 0xfffffbff, true},
        {72, 8, 0xfffffc00, false}, {80, 4, 0, false},           {80, 4, 1, true},
        {80, 4, 1024, true},        {80, 4, 1025, false},        {80, 4, ~0u, false},
        {84, 4, 0, false},          {84, 4, 64, false},          {84, 4, 256, true},
        {84, 4, 512, true},         {84, 4, 192, false},         {84, 4, 1024, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t header[512];
        struct gpt gpt;
        make_header(header);
        put(header + cases[i].offset, cases[i].value, cases[i].num_bytes);
        assert_int_equal(gpt_read_header(span_of(header, 512), &gpt), cases[i].ok);
    }
}

static void test_gpt_entry(void **state)
{
    (void)state;
    uint8_t entry[128] = {0};
    uint32_t lba = 0;
    memcpy(entry, esp_guid, 16);
    put(entry + 32, 0xfffff800, 8);
    assert_true(gpt_is_system_partition(span_of(entry, 128), &lba));
    assert_int_equal(lba, 0xfffff800);
    for (size_t i = 0; i < 16; i++) {
        entry[i] ^= 1;
        assert_false(gpt_is_system_partition(span_of(entry, 128), &lba));
        entry[i] ^= 1;
    }
    put(entry + 32, 0x100000800, 8); /* beyond 2 TiB */
    assert_false(gpt_is_system_partition(span_of(entry, 128), &lba));
    put(entry + 32, 0, 8);
    assert_false(gpt_is_system_partition(span_of(entry, 128), &lba));
    assert_false(gpt_is_system_partition(span_of(entry, 0), &lba));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mbr),
        cmocka_unit_test(test_mbr_without_a_volume),
        cmocka_unit_test(test_mbr_of_several),
        cmocka_unit_test(test_gpt_header),
        cmocka_unit_test(test_gpt_header_fields),
        cmocka_unit_test(test_gpt_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
