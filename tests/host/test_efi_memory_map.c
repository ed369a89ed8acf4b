/* units: kernel/memory/efi_memory_map.c kernel/memory/memory_map.c */
#include "tests/host/host_test.h"

#include "kernel/memory/efi_memory_map.h"

static struct memory_map map;
static struct memory_map_work work;

static void put(uint8_t *p, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static void put_descriptor(uint8_t *p, uint32_t type, uint64_t start, uint64_t pages)
{
    put(p, type, 4);
    put(p + 8, start, 8);
    put(p + 24, pages, 8);
}

static uint32_t read_map(const uint8_t *bytes, size_t n, size_t descriptor_size)
{
    memory_map_begin(&map, &work);
    uint32_t count = efi_memory_map_read(span_of(bytes, n), descriptor_size, &map, &work);
    memory_map_normalise(&map, &work);
    return count;
}

/* The step is the firmware's, 40 on one and 48 on another. */
static void test_descriptor_sizes(void **state)
{
    uint8_t bytes[3 * 64];

    (void)state;
    for (size_t step = 40; step <= 64; step += 8) {
        memset(bytes, 0xee, sizeof bytes);
        put_descriptor(bytes, 7, 0x1000, 1);
        put_descriptor(bytes + step, 0, 0x2000, 1);
        put_descriptor(bytes + 2 * step, 5, 0x3000, 1);
        assert_int_equal(read_map(bytes, 3 * step, step), 3);
        assert_int_equal(map.num_regions, 3);
        assert_int_equal(map.regions[0].type, MEMORY_USABLE);
        assert_int_equal(map.regions[1].type, MEMORY_RESERVED);
        assert_int_equal(map.regions[2].type, MEMORY_RUNTIME);
        assert_int_equal(map.regions[2].end, 0x4000);
        assert_int_equal(read_map(bytes, 3 * step - 1, step), 2); /* half a descriptor does not count */
    }
    assert_int_equal(read_map(bytes, sizeof bytes, 39), 0);
    assert_int_equal(read_map(bytes, sizeof bytes, 0), 0);
    assert_int_equal(read_map(bytes, 0, 48), 0);
}

static void test_types(void **state)
{
    static const uint32_t expected[] = {
        MEMORY_RESERVED,      MEMORY_USABLE,           MEMORY_USABLE,     MEMORY_BOOT_SERVICES,
        MEMORY_BOOT_SERVICES, MEMORY_RUNTIME,          MEMORY_RUNTIME,    MEMORY_USABLE,
        MEMORY_UNUSABLE,      MEMORY_ACPI_RECLAIMABLE, MEMORY_ACPI_NVS,   MEMORY_MMIO,
        MEMORY_MMIO,          MEMORY_RESERVED,         MEMORY_PERSISTENT, MEMORY_RESERVED,
    };
    uint8_t bytes[40];

    (void)state;
    for (uint32_t type = 0; type < sizeof expected / sizeof expected[0]; type++) {
        put_descriptor(bytes, type, 0x1000, 1);
        read_map(bytes, sizeof bytes, 40);
        assert_int_equal(map.regions[0].type, expected[type]);
        assert_int_equal(map.repairs.num_unknown, 0);
    }
    put_descriptor(bytes, 0x80000001, 0x1000, 1); /* a loader vendor's */
    read_map(bytes, sizeof bytes, 40);
    assert_int_equal(map.regions[0].type, MEMORY_RESERVED);
    assert_int_equal(map.repairs.num_unknown, 0);
    put_descriptor(bytes, 16, 0x1000, 1); /* nobody's */
    read_map(bytes, sizeof bytes, 40);
    assert_int_equal(map.regions[0].type, MEMORY_RESERVED);
    assert_int_equal(map.repairs.num_unknown, 1);
}

static void test_sizes_that_wrap(void **state)
{
    uint8_t bytes[40];

    (void)state;
    put_descriptor(bytes, 7, 0x1000, UINT64_MAX);
    read_map(bytes, sizeof bytes, 40);
    assert_int_equal(map.repairs.num_wrapped, 1);
    assert_int_equal(map.regions[0].end, MEMORY_MAP_LIMIT);
    put_descriptor(bytes, 7, 0x1000, (UINT64_C(1) << 52) + 1); /* as bytes: 4096 modulo 2^64 */
    read_map(bytes, sizeof bytes, 40);
    assert_int_equal(map.repairs.num_wrapped, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptor_sizes),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_sizes_that_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
