/* units: kernel/firmware/acpi.c kernel/firmware/smbios.c */
#include "tests/host/host_test.h"

#include "kernel/firmware/acpi.h"
#include "kernel/lib/checksum.h"
#include "kernel/firmware/smbios.h"

static void fix_sum(uint8_t *bytes, size_t n, size_t at)
{
    bytes[at] = 0;
    bytes[at] = (uint8_t)-checksum8(span_of(bytes, n));
}

static void make_rsdp(uint8_t bytes[RSDP_BYTES], uint8_t revision)
{
    memset(bytes, 0, RSDP_BYTES);
    memcpy(bytes, "RSD PTR ", 8);
    bytes[15] = revision;
    bytes[16] = 0x10; /* RSDT at 0x10 */
    bytes[20] = RSDP_BYTES;
    bytes[24] = 0x20; /* XSDT at 0x20 */
    fix_sum(bytes, 20, 8);
    fix_sum(bytes, RSDP_BYTES, 32);
}

static void test_rsdp(void **state)
{
    uint8_t bytes[RSDP_BYTES];
    struct rsdp rsdp;

    (void)state;
    make_rsdp(bytes, 0);
    assert_null(rsdp_read(span_of(bytes, 20), &rsdp));
    assert_int_equal(rsdp.revision, 0);
    assert_int_equal(rsdp.rsdt_paddr, 0x10);
    assert_int_equal(rsdp.xsdt_paddr, 0);

    make_rsdp(bytes, 2);
    assert_null(rsdp_read(span_of(bytes, RSDP_BYTES), &rsdp));
    assert_int_equal(rsdp.rsdt_paddr, 0x10);
    assert_int_equal(rsdp.xsdt_paddr, 0x20);
    assert_string_equal(rsdp_read(span_of(bytes, 20), &rsdp), "wrong length");
    assert_string_equal(rsdp_read(span_of(bytes, 19), &rsdp), "wrong checksum");
    bytes[33]++;
    assert_string_equal(rsdp_read(span_of(bytes, RSDP_BYTES), &rsdp), "wrong extended checksum");
    bytes[9]++;
    assert_string_equal(rsdp_read(span_of(bytes, RSDP_BYTES), &rsdp), "wrong checksum");
    bytes[0] = 'X';
    assert_string_equal(rsdp_read(span_of(bytes, RSDP_BYTES), &rsdp), "no signature");
    assert_string_equal(rsdp_read(span_of(NULL, 0), &rsdp), "no signature");
}

static void test_rsdp_search(void **state)
{
    uint8_t area[256] = {0};

    (void)state;
    make_rsdp(area + 40, 0); /* not on a 16-byte boundary */
    assert_int_equal(rsdp_search(span_of(area, sizeof area)), sizeof area);
    make_rsdp(area + 96, 0);
    area[96 + 9]++; /* wrong sum */
    make_rsdp(area + 160, 2);
    assert_int_equal(rsdp_search(span_of(area, sizeof area)), 160);
    make_rsdp(area + 208, 0); /* the end of the area cuts it, but not its first 20 bytes */
    assert_int_equal(rsdp_search(span_of(area + 192, 40)), 16);
}

static void make_smbios_32(uint8_t bytes[SMBIOS_ENTRY_BYTES])
{
    memset(bytes, 0, SMBIOS_ENTRY_BYTES);
    memcpy(bytes, "_SM_", 4);
    bytes[5] = 0x1f;
    bytes[6] = 2;
    bytes[7] = 8;
    bytes[0x16] = 0x34;
    bytes[0x18] = 0x78;
    fix_sum(bytes, 0x1f, 4);
}

static void make_smbios_64(uint8_t bytes[SMBIOS_ENTRY_BYTES])
{
    memset(bytes, 0, SMBIOS_ENTRY_BYTES);
    memcpy(bytes, "_SM3_", 5);
    bytes[6] = 24;
    bytes[7] = 3;
    bytes[8] = 5;
    bytes[12] = 0x34;
    bytes[20] = 0x01; /* above 4 GiB */
    fix_sum(bytes, 24, 5);
}

static void test_smbios_entry(void **state)
{
    uint8_t bytes[SMBIOS_ENTRY_BYTES];
    struct smbios smbios;

    (void)state;
    make_smbios_32(bytes);
    assert_null(smbios_read(span_of(bytes, sizeof bytes), &smbios));
    assert_int_equal(smbios.major * 10 + smbios.minor, 28);
    assert_int_equal(smbios.table_bytes, 0x34);
    assert_int_equal(smbios.table_paddr, 0x78);
    bytes[5] = 0xff;
    assert_string_equal(smbios_read(span_of(bytes, sizeof bytes), &smbios), "wrong checksum or length");

    make_smbios_64(bytes);
    assert_null(smbios_read(span_of(bytes, sizeof bytes), &smbios));
    assert_int_equal(smbios.major * 10 + smbios.minor, 35);
    assert_int_equal(smbios.table_paddr, 0x100000000);
    assert_string_equal(smbios_read(span_of(bytes, 20), &smbios), "wrong checksum or length");
    assert_string_equal(smbios_read(span_of(bytes, 2), &smbios), "no anchor");
}

static void test_smbios_search_prefers_version_3(void **state)
{
    uint8_t area[128] = {0};

    (void)state;
    assert_int_equal(smbios_search(span_of(area, sizeof area)), sizeof area);
    make_smbios_32(area + 16);
    assert_int_equal(smbios_search(span_of(area, sizeof area)), 16);
    make_smbios_64(area + 80);
    assert_int_equal(smbios_search(span_of(area, sizeof area)), 80);
}

static void expect_text(struct span table, uint8_t type, size_t offset, const char *text)
{
    struct span s = smbios_string(table, type, offset);

    assert_int_equal(s.n, strlen(text));
    assert_memory_equal(s.p, text, s.n);
}

static void test_smbios_strings(void **state)
{
    static const uint8_t bytes[] = {1, 6, 0, 0, 1, 0, 'x', 0,   0, /* type 1 with one string */
                                    0, 6, 0, 0, 2, 1, 'v', 'e', 'r', 0, 'v', 'n', 'd', 0, 0, /* type 0 */
                                    5, 4, 0, 0, 1, 0, 0,   127, 4,   0, 0,   0,   0};
    struct span table = span_of(bytes, sizeof bytes);

    (void)state;
    expect_text(table, 0, SMBIOS_BIOS_VENDOR, "vnd");
    expect_text(table, 0, SMBIOS_BIOS_VERSION, "ver");
    expect_text(table, 1, 4, "x");
    expect_text(table, 1, 5, ""); /* string number 0 */
    expect_text(table, 0, 6, ""); /* beyond the structure */
    expect_text(table, 5, 4, ""); /* a structure without fields: the byte there is its string's */
    expect_text(table, 9, 4, "");
    /* Every shorter table is read without leaving it. */
    for (size_t n = 0; n < sizeof bytes; n++) {
        uint8_t *copy = malloc(n > 0 ? n : 1);
        memcpy(copy, bytes, n);
        smbios_string(span_of(copy, n), 0, SMBIOS_BIOS_VENDOR);
        smbios_string(span_of(copy, n), 9, SMBIOS_BIOS_VENDOR);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rsdp),           cmocka_unit_test(test_rsdp_search),
        cmocka_unit_test(test_smbios_entry),   cmocka_unit_test(test_smbios_search_prefers_version_3),
        cmocka_unit_test(test_smbios_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
