/* units: kernel/devices/serial_candidates.c kernel/firmware/spcr.c kernel/firmware/acpi_gas.c */
/*
 * Which serial ports are tried for the console, and in which order.
 */
#include "tests/host/host_test.h"

#include "kernel/devices/serial_candidates.h"

static const uint16_t no_bios[BOOT_NUM_SERIAL_PORTS];
static const struct spcr_port no_port;

static struct spcr_port at(uint8_t space, uint64_t address)
{
    return (struct spcr_port){
        .registers = {.space = space, .bit_width = 8, .access_size = 1, .address = address}};
}

/* The candidates are these addresses; 0 ends them. */
static void expect(const struct serial_candidate *list, uint32_t num, const uint64_t *addresses)
{
    uint32_t i = 0;

    for (; addresses[i] != 0; i++) {
        assert_true(i < num);
        assert_int_equal(list[i].address, addresses[i]);
    }
    assert_int_equal(num, i);
}

static void test_nothing_told(void **state)
{
    struct serial_candidate list[SERIAL_MAX_CANDIDATES];
    uint32_t num = serial_candidates(&no_port, &no_port, no_bios, list);

    (void)state;
    expect(list, num, (const uint64_t[]){0x3f8, 0x2f8, 0x3e8, 0x2e8, 0});
    for (uint32_t i = 0; i < num; i++) {
        assert_int_equal(list[i].source, SERIAL_BY_PROBE);
        assert_int_equal(list[i].divisor, 1);
        assert_int_equal(list[i].stride_bytes, 1);
        assert_false(list[i].is_in_memory);
        assert_int_equal(serial_com_number(&list[i]), i + 1);
    }
}

static void test_order(void **state)
{
    static const uint16_t bios[BOOT_NUM_SERIAL_PORTS] = {0x2f8, 0, 0xe000, 0x3f8};
    const struct spcr_port spcr = at(ACPI_SPACE_IO, 0xc040), dbg2 = at(ACPI_SPACE_MEMORY, 0xfe001000);
    struct serial_candidate list[SERIAL_MAX_CANDIDATES];
    static const enum serial_source sources[] = {SERIAL_BY_SPCR, SERIAL_BY_DBG2, SERIAL_BY_BIOS,
                                                 SERIAL_BY_BIOS, SERIAL_BY_BIOS, SERIAL_BY_PROBE,
                                                 SERIAL_BY_PROBE};
    uint32_t num = serial_candidates(&spcr, &dbg2, bios, list);

    (void)state;
    expect(list, num, (const uint64_t[]){0xc040, 0xfe001000, 0x2f8, 0xe000, 0x3f8, 0x3e8, 0x2e8, 0});
    for (uint32_t i = 0; i < num; i++)
        assert_int_equal(list[i].source, sources[i]);
    assert_true(list[1].is_in_memory);
    assert_int_equal(serial_com_number(&list[0]), 0);
    assert_int_equal(serial_com_number(&list[1]), 0);
    assert_int_equal(serial_com_number(&list[2]), 2);
}

/* All different: the most there can be. */
static void test_most(void **state)
{
    static const uint16_t bios[BOOT_NUM_SERIAL_PORTS] = {0x1000, 0x2000, 0x3000, 0x4000};
    const struct spcr_port spcr = at(ACPI_SPACE_IO, 0x5000), dbg2 = at(ACPI_SPACE_IO, 0x6000);
    struct serial_candidate list[SERIAL_MAX_CANDIDATES];

    (void)state;
    assert_int_equal(serial_candidates(&spcr, &dbg2, bios, list), SERIAL_MAX_CANDIDATES);
}

/* A port and an address in memory of the same number are two. */
static void test_twice(void **state)
{
    static const uint16_t bios[BOOT_NUM_SERIAL_PORTS] = {0x3e8, 0x3e8, 0x3e8, 0x3e8};
    const struct spcr_port spcr = at(ACPI_SPACE_MEMORY, 0x3e8), dbg2 = at(ACPI_SPACE_IO, 0x3e8);
    struct serial_candidate list[SERIAL_MAX_CANDIDATES];

    (void)state;
    expect(list, serial_candidates(&spcr, &dbg2, bios, list),
           (const uint64_t[]){0x3e8, 0x3e8, 0x3f8, 0x2f8, 0x2e8, 0});
    expect(list, serial_candidates(&dbg2, &dbg2, bios, list),
           (const uint64_t[]){0x3e8, 0x3f8, 0x2f8, 0x2e8, 0});
}

static void test_garbage(void **state)
{
    static const uint64_t bad[] = {1,     0x20,  0x64,   0xff,    0xcf1,     0xcf8,
                                   0xcf9, 0xcff, 0xfff9, 0x10000, UINT64_MAX};
    static const uint64_t good[] = {0x100, 0xcf0, 0xd00, 0xfff8};
    static const uint16_t bios[BOOT_NUM_SERIAL_PORTS] = {0x64, 0xcf8, 0xffff, 1};
    struct serial_candidate list[SERIAL_MAX_CANDIDATES];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct spcr_port port = at(ACPI_SPACE_IO, bad[i]);
        assert_int_equal(serial_candidates(&port, &port, bios, list), 4);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const struct spcr_port port = at(ACPI_SPACE_IO, good[i]);
        assert_int_equal(serial_candidates(&port, &port, bios, list), 5);
        assert_int_equal(list[0].address, good[i]);
    }
}

/* 4 bytes from register to register, where the width or the access size says so and the address allows it. */
static void test_stride(void **state)
{
    struct spcr_port port = at(ACPI_SPACE_MEMORY, 0xfe000004);
    struct serial_candidate list[SERIAL_MAX_CANDIDATES];

    (void)state;
    serial_candidates(&port, &no_port, no_bios, list);
    assert_int_equal(list[0].stride_bytes, 1);
    port.registers.access_size = 3;
    serial_candidates(&port, &no_port, no_bios, list);
    assert_int_equal(list[0].stride_bytes, 4);
    port.registers.access_size = 0;
    port.registers.bit_width = 32;
    serial_candidates(&port, &no_port, no_bios, list);
    assert_int_equal(list[0].stride_bytes, 4);
    port.registers.address = 0xfe000002;
    assert_int_equal(serial_candidates(&port, &no_port, no_bios, list), 4);
    port = at(ACPI_SPACE_IO, 0x2e8);
    port.registers.bit_width = 32;
    serial_candidates(&port, &no_port, no_bios, list);
    assert_int_equal(list[0].stride_bytes, 1);
}

static void test_speed(void **state)
{
    static const struct {
        uint32_t baud;
        uint16_t divisor;
    } rows[] = {{0, 0}, {115200, 1}, {57600, 2},  {19200, 6},  {9600, 12},     {2, 57600},
                {1, 0}, {921600, 0}, {230400, 0}, {100000, 0}, {UINT32_MAX, 0}};
    struct serial_candidate list[SERIAL_MAX_CANDIDATES];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct spcr_port port = at(ACPI_SPACE_IO, 0x3f8);

        port.baud = rows[i].baud;
        serial_candidates(&port, &no_port, no_bios, list);
        assert_int_equal(list[0].divisor, rows[i].divisor);
    }
}

/* Any bytes for tables: never more candidates than there is room for. */
static void test_wild_tables(void **state)
{
    uint64_t seed = 5;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct serial_candidate list[SERIAL_MAX_CANDIDATES];
        uint16_t bios[BOOT_NUM_SERIAL_PORTS];
        struct spcr_port spcr, dbg2;
        uint8_t bytes[96];

        for (size_t n = 0; n < sizeof bytes; n++)
            bytes[n] = (uint8_t)(random_u64(&seed) >> 32) & (n == 36 || n == 40 ? 1 : 0xff);
        memcpy(bios, bytes, sizeof bios);
        spcr_read(span_of(bytes, sizeof bytes), &spcr);
        dbg2_read(span_of(bytes, sizeof bytes), &dbg2);
        uint32_t num = serial_candidates(&spcr, &dbg2, bios, list);
        assert_true(num >= 4 && num <= SERIAL_MAX_CANDIDATES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_told), cmocka_unit_test(test_order),
        cmocka_unit_test(test_most),         cmocka_unit_test(test_twice),
        cmocka_unit_test(test_garbage),      cmocka_unit_test(test_stride),
        cmocka_unit_test(test_speed),        cmocka_unit_test(test_wild_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
