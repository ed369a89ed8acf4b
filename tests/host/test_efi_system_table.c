/* units: kernel/firmware/efi_system_table.c */
/*
 * An EFI system table of either width in a small memory of its own: physical address = offset.
 */
#include "tests/host/host_test.h"

#include "kernel/firmware/efi_system_table.h"

#define MEMORY_BYTES 0x2000
#define TABLE        0x100
#define VENDOR       0x400
#define CONFIG       0x800

static uint8_t memory[MEMORY_BYTES];
static struct boot_info info;

static const uint8_t acpi_2[] = "\x71\xe8\x68\x88\xf1\xe4\xd3\x11\xbc\x22\x00\x80\xc7\x3c\x88\x81";
static const uint8_t acpi_1[] = "\x30\x2d\x9d\xeb\x88\x2d\xd3\x11\x9a\x16\x00\x90\x27\x3f\xc1\x4d";
static const uint8_t smbios_3[] = "\x44\x15\xfd\xf2\x94\x97\x2c\x4a\x99\x2e\xe5\xbb\xcf\x20\xe3\x94";
static const uint8_t smbios_2[] = "\x31\x2d\x9d\xeb\x88\x2d\xd3\x11\x9a\x16\x00\x90\x27\x3f\xc1\x4d";

static struct span memory_at(uint64_t paddr, size_t n)
{
    return paddr != 0 && paddr <= MEMORY_BYTES && n <= MEMORY_BYTES - paddr ? span_of(memory + paddr, n)
                                                                            : span_of(NULL, 0);
}

static void put(size_t at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        memory[at + i] = (uint8_t)(value >> (8 * i));
}

/* Offsets by UEFI 2.10, 4.3.1, as a compiler lays the structure out. */
static void put_system_table(uint32_t bits, uint64_t num_tables)
{
    bool wide = bits == 64;

    memset(memory, 0, sizeof memory);
    memset(&info, 0, sizeof info);
    memcpy(memory + TABLE, "IBI SYST", 8);
    put(TABLE + 8, 0x00020046, 4);
    put(TABLE + 24, VENDOR, bits / 8);
    put(TABLE + (wide ? 32 : 28), 0x10203, 4);
    put(TABLE + (wide ? 104 : 64), num_tables, bits / 8);
    put(TABLE + (wide ? 112 : 68), CONFIG, bits / 8);
}

static void put_vendor(const char *text)
{
    for (size_t i = 0; text[i] != 0; i++)
        put(VENDOR + 2 * i, (uint8_t)text[i], 2);
}

static void put_config(uint32_t bits, size_t number, const uint8_t *guid, uint64_t paddr)
{
    size_t at = CONFIG + number * (16 + bits / 8);

    memcpy(memory + at, guid, 16);
    put(at + 16, paddr, bits / 8);
}

static void read_table(uint32_t bits)
{
    efi_system_table_read(TABLE, bits, memory_at, &info);
}

static void test_both_widths(void **state)
{
    (void)state;
    for (uint32_t bits = 32; bits <= 64; bits += 32) {
        put_system_table(bits, 3);
        put_vendor("EDK II");
        put_config(bits, 0, (const uint8_t *)"some other table", 0x9999);
        put_config(bits, 1, smbios_2, 0xabcd0);
        put_config(bits, 2, acpi_2, 0x7fe14);
        read_table(bits);
        assert_int_equal(info.efi_system_table, TABLE);
        assert_int_equal(info.uefi_bits, bits);
        assert_int_equal(info.uefi_revision, 0x00020046);
        assert_int_equal(info.firmware_revision, 0x10203);
        assert_string_equal(info.firmware_vendor, "EDK II");
        assert_int_equal(info.rsdp_paddr, 0x7fe14);
        assert_int_equal(info.smbios_paddr, 0xabcd0);
    }
}

static void test_addresses_above_4_gib(void **state)
{
    (void)state;
    put_system_table(64, 1);
    put_config(64, 0, acpi_2, 0x123456789a);
    read_table(64);
    assert_int_equal(info.rsdp_paddr, 0x123456789a);
}

static void test_newer_tables_come_first(void **state)
{
    (void)state;
    put_system_table(32, 4);
    put_config(32, 0, acpi_1, 0x1000);
    put_config(32, 1, smbios_2, 0x2000);
    put_config(32, 2, acpi_2, 0x3000);
    put_config(32, 3, smbios_3, 0x4000);
    read_table(32);
    assert_int_equal(info.rsdp_paddr, 0x3000);
    assert_int_equal(info.smbios_paddr, 0x4000);
    put_system_table(32, 2); /* the others are beyond the end */
    put_config(32, 0, acpi_1, 0x1000);
    put_config(32, 1, smbios_2, 0x2000);
    put_config(32, 2, acpi_2, 0x3000);
    read_table(32);
    assert_int_equal(info.rsdp_paddr, 0x1000);
    assert_int_equal(info.smbios_paddr, 0x2000);
}

static void test_what_is_known_stays(void **state)
{
    (void)state;
    put_system_table(64, 1);
    put_config(64, 0, acpi_2, 0x3000);
    info.rsdp_paddr = 0x5000;
    read_table(64);
    assert_int_equal(info.rsdp_paddr, 0x5000);
    assert_int_equal(info.smbios_paddr, 0);
}

static void test_vendors(void **state)
{
    char expected[BOOT_NAME_BYTES];

    (void)state;
    put_system_table(64, 0);
    put_vendor("a\tb");
    put(VENDOR + 4, 0x20ac, 2); /* a euro sign in place of the b */
    read_table(64);
    assert_string_equal(info.firmware_vendor, "a??");
    put_system_table(64, 0); /* without an end: cut */
    for (size_t i = 0; i < 200; i++)
        put(VENDOR + 2 * i, 'x', 2);
    read_table(64);
    memset(expected, 'x', sizeof expected);
    expected[sizeof expected - 1] = 0;
    assert_string_equal(info.firmware_vendor, expected);
    put_system_table(64, 0);
    put(TABLE + 24, 0, 8);
    read_table(64);
    assert_string_equal(info.firmware_vendor, "");
}

static void test_no_system_table(void **state)
{
    static const struct boot_info nothing;

    (void)state;
    put_system_table(64, 0);
    put(TABLE, 'X', 1);
    read_table(64);
    assert_memory_equal(&info, &nothing, sizeof info);
    put_system_table(64, 0);
    efi_system_table_read(MEMORY_BYTES - 8, 64, memory_at, &info);
    efi_system_table_read(0, 64, memory_at, &info);
    assert_memory_equal(&info, &nothing, sizeof info);
}

/* Counts and addresses that cannot be right find nothing. */
static void test_impossible_counts(void **state)
{
    (void)state;
    put_system_table(64, UINT64_MAX);
    put_config(64, 0, acpi_2, 0x3000);
    read_table(64);
    assert_int_equal(info.rsdp_paddr, 0);
    put_system_table(64, 1);
    put(TABLE + 112, UINT64_MAX - 5, 8);
    read_table(64);
    assert_int_equal(info.rsdp_paddr, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_widths),
        cmocka_unit_test(test_addresses_above_4_gib),
        cmocka_unit_test(test_newer_tables_come_first),
        cmocka_unit_test(test_what_is_known_stays),
        cmocka_unit_test(test_vendors),
        cmocka_unit_test(test_no_system_table),
        cmocka_unit_test(test_impossible_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
