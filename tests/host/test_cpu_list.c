/* units: kernel/cpu/cpu_list.c kernel/firmware/madt.c kernel/firmware/acpi_entries.c */
/*
 * Which CPUs there are to start, by MADTs that are written here.
 */
#include "tests/host/host_test.h"

#include "kernel/cpu/cpu_list.h"

#define HEADER_BYTES 44
#define OWN_ID       0u
#define MAX_IDS      4u

static uint8_t table[1024];
static size_t table_bytes;

static void begin_table(void)
{
    memset(table, 0, sizeof table);
    memcpy(table, "APIC", 4);
    table_bytes = HEADER_BYTES;
}

/* ACPI 6.5, 5.2.12.2 */
static void add_apic(uint8_t id, uint8_t flags)
{
    const uint8_t entry[] = {0, 8, id, id, flags, 0, 0, 0};

    memcpy(table + table_bytes, entry, sizeof entry);
    table_bytes += sizeof entry;
}

/* ACPI 6.5, 5.2.12.12 */
static void add_x2apic(uint16_t id, uint8_t flags)
{
    const uint8_t entry[] = {9, 16, 0, 0, (uint8_t)id, (uint8_t)(id >> 8), 0, 0, flags, 0, 0, 0, 0, 0, 0, 0};

    memcpy(table + table_bytes, entry, sizeof entry);
    table_bytes += sizeof entry;
}

static uint32_t read_list(uint32_t ids[MAX_IDS])
{
    table[4] = (uint8_t)table_bytes;
    table[5] = (uint8_t)(table_bytes >> 8);
    return cpu_list_read(span_of(table, table_bytes), OWN_ID, ids, MAX_IDS);
}

static void test_enabled_ones_in_order(void **state)
{
    uint32_t ids[MAX_IDS] = {0};

    (void)state;
    begin_table();
    add_apic(0, 1);
    add_apic(6, 1);
    add_apic(2, 1);
    add_x2apic(300, 1);
    assert_int_equal(read_list(ids), 3);
    assert_int_equal(ids[0], 6);
    assert_int_equal(ids[1], 2);
    assert_int_equal(ids[2], 300);
}

/* Flags bit 0 is enabled, bit 1 online capable: could be plugged in. */
static void test_others_are_not_there(void **state)
{
    uint32_t ids[MAX_IDS];

    (void)state;
    begin_table();
    add_apic(0, 1);
    add_apic(1, 0);
    add_apic(2, 2);
    add_apic(255, 1); /* all CPUs */
    add_x2apic(3, 2);
    assert_int_equal(read_list(ids), 0);
}

static void test_each_once(void **state)
{
    uint32_t ids[MAX_IDS];

    (void)state;
    begin_table();
    add_apic(1, 1);
    add_apic(0, 1);
    add_apic(1, 1);
    add_x2apic(1, 1);
    add_x2apic(0, 1);
    assert_int_equal(read_list(ids), 1);
    assert_int_equal(ids[0], 1);
}

static void test_more_than_there_is_room_for(void **state)
{
    uint32_t ids[MAX_IDS + 1] = {[MAX_IDS] = 77};

    (void)state;
    begin_table();
    for (uint8_t id = 1; id <= 6; id++)
        add_apic(id, 1);
    assert_int_equal(read_list(ids), 6);
    assert_int_equal(ids[MAX_IDS - 1], MAX_IDS);
    assert_int_equal(ids[MAX_IDS], 77);
}

static void test_no_table(void **state)
{
    uint32_t ids[MAX_IDS];

    (void)state;
    assert_int_equal(cpu_list_read(span_of(table, 0), OWN_ID, ids, MAX_IDS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enabled_ones_in_order),
        cmocka_unit_test(test_others_are_not_there),
        cmocka_unit_test(test_each_once),
        cmocka_unit_test(test_more_than_there_is_room_for),
        cmocka_unit_test(test_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
