/* units: kernel/firmware/efi_runtime.c kernel/lib/crc32.c */
/*
 * UEFI's tables of services in a small memory of its own, physical address = offset, and memory maps.
 */
#include "tests/host/host_test.h"

#include "kernel/firmware/efi_runtime.h"
#include "kernel/lib/crc32.h"
#include "kernel/memory/paging.h"

#define MEMORY_BYTES     0x2000
#define SYSTEM           0x100
#define SERVICES         0x800
#define MAP              0x1000
#define DESCRIPTOR_BYTES 48 /* as EDK II has it: more than the structure */
#define RESET            0x7ee123

static uint8_t memory[MEMORY_BYTES];
static uint32_t num_descriptors;

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

static void seal(size_t table, uint32_t bytes)
{
    put(table + 12, bytes, 4);
    put(table + 16, 0, 4);
    put(table + 16, crc32(span_of(memory + table, bytes)), 4);
}

static void put_descriptor(uint32_t type, uint64_t start, uint64_t pages, uint64_t attributes)
{
    size_t at = MAP + num_descriptors++ * DESCRIPTOR_BYTES;

    put(at, type, 4);
    put(at + 8, start, 8);
    put(at + 24, pages, 8);
    put(at + 32, attributes, 8);
}

static int reset(void **state)
{
    (void)state;
    memset(memory, 0, sizeof memory);
    num_descriptors = 0;
    put_descriptor(7, 0x100000, 0x100, 0xf);
    put_descriptor(5, 0x7ee000, 2, UINT64_C(0x800000000000000f));
    memcpy(memory + SYSTEM, "IBI SYST", 8);
    put(SYSTEM + 88, SERVICES, 8);
    seal(SYSTEM, 120);
    memcpy(memory + SERVICES, "RUNTSERV", 8);
    put(SERVICES + 104, RESET, 8);
    seal(SERVICES, 136);
    return 0;
}

static struct efi_descriptors map(void)
{
    return (struct efi_descriptors){span_of(memory + MAP, num_descriptors * DESCRIPTOR_BYTES),
                                    DESCRIPTOR_BYTES};
}

static const char *find_at(uint64_t system_table)
{
    const struct efi_descriptors told = map();
    uint64_t found = 0;
    const char *error = efi_runtime_find(system_table, memory_at, &told, &found);

    if (error == NULL)
        assert_int_equal(found, RESET);
    return error;
}

static const char no_system[] = "the system table is not sound";
static const char no_services[] = "the table of runtime services is not sound";
static const char no_code[] = "it lies outside the runtime services' code";

static void test_found(void **state)
{
    (void)state;
    assert_null(find_at(SYSTEM));
    seal(SERVICES, 112); /* a firmware that has no more than this one */
    assert_null(find_at(SYSTEM));
}

static void test_unsound_system_table(void **state)
{
    (void)state;
    assert_string_equal(find_at(0), no_system);
    assert_string_equal(find_at(MEMORY_BYTES - 60), no_system);
    assert_string_equal(find_at(UINT64_MAX), no_system);
    memory[SYSTEM + 90] ^= 1; /* not what was sealed */
    assert_string_equal(find_at(SYSTEM), no_system);
    reset(state);
    memory[SYSTEM] ^= 1;
    seal(SYSTEM, 120);
    assert_string_equal(find_at(SYSTEM), no_system);
    reset(state);
    seal(SYSTEM, 112); /* shorter than its last member */
    assert_string_equal(find_at(SYSTEM), no_system);
    put(SYSTEM + 12, UINT32_MAX, 4);
    assert_string_equal(find_at(SYSTEM), no_system);
}

static void test_unsound_services(void **state)
{
    (void)state;
    put(SYSTEM + 88, 0, 8);
    seal(SYSTEM, 120);
    assert_string_equal(find_at(SYSTEM), no_services);
    reset(state);
    put(SYSTEM + 88, MEMORY_BYTES - 50, 8);
    seal(SYSTEM, 120);
    assert_string_equal(find_at(SYSTEM), no_services);
    reset(state);
    memory[SERVICES + 104] ^= 1;
    assert_string_equal(find_at(SYSTEM), no_services);
    reset(state);
    seal(SERVICES, 104);
    assert_string_equal(find_at(SYSTEM), no_services);
}

static void expect_no_code(uint64_t paddr)
{
    put(SERVICES + 104, paddr, 8);
    seal(SERVICES, 136);
    assert_string_equal(find_at(SYSTEM), no_code);
}

static void test_service_elsewhere(void **state)
{
    (void)state;
    expect_no_code(0);
    expect_no_code(0x7edfff);
    expect_no_code(0x7f0000);
    expect_no_code(0x100000); /* memory, but no code */
    expect_no_code(UINT64_MAX);
}

static struct efi_region region(uint32_t number)
{
    const struct efi_descriptors told = map();
    struct efi_region r;

    assert_true(efi_runtime_region(&told, number, &r));
    return r;
}

static void expect_region(uint32_t number, uint64_t base, uint64_t end, uint64_t rights, bool is_runtime)
{
    struct efi_region r = region(number);

    assert_int_equal(r.base, base);
    assert_int_equal(r.end, end);
    assert_int_equal(r.rights, rights);
    assert_int_equal(r.is_runtime, is_runtime);
}

static void test_regions(void **state)
{
    const uint64_t runtime = UINT64_C(1) << 63;

    (void)state;
    num_descriptors = 0;
    put_descriptor(5, 0x7000, 1, runtime | 0xf);
    put_descriptor(6, 0x8000, 2, runtime | 0xf);
    put_descriptor(11, 0xffc00000, 0x400, runtime | 1);
    put_descriptor(3, 0x100000, 1, 0xf);
    put_descriptor(4, 0x101000, 1, 0xf);
    expect_region(0, 0x7000, 0x8000, PAGE_WRITE | PAGE_EXECUTE, true);
    expect_region(1, 0x8000, 0xa000, PAGE_WRITE | PAGE_EXECUTE, true);
    expect_region(2, 0xffc00000, 0x100000000, PAGE_WRITE | PAGE_UNCACHED, true);
    expect_region(3, 0x100000, 0x101000, PAGE_WRITE | PAGE_EXECUTE, false);
    expect_region(4, 0x101000, 0x102000, PAGE_WRITE | PAGE_EXECUTE, false);

    const struct efi_descriptors told = map();
    struct efi_region r;
    assert_false(efi_runtime_region(&told, 5, &r));
    assert_false(efi_runtime_region(&told, UINT32_MAX, &r));
}

/* Memory that is nobody's business, and what cannot be mapped where it is. */
static void test_no_regions(void **state)
{
    const uint64_t runtime = UINT64_C(1) << 63;

    (void)state;
    num_descriptors = 0;
    put_descriptor(7, 0x7000, 1, 0xf);
    put_descriptor(0, 0x8000, 1, 0xf);
    put_descriptor(5, 0x7001, 1, runtime | 0xf);
    put_descriptor(5, UINT64_C(0xffff800000000000), 1, runtime | 0xf);
    put_descriptor(5, UINT64_C(0x7ffffffff000), 2, runtime | 0xf);
    put_descriptor(5, 0x7000, UINT64_MAX, runtime | 0xf);
    put_descriptor(5, 0x7000, 0, runtime | 0xf);
    for (uint32_t i = 0; i < num_descriptors; i++) {
        struct efi_region r = region(i);
        assert_int_equal(r.base, r.end);
    }
}

static void test_descriptors_too_short(void **state)
{
    struct efi_descriptors told = map();
    struct efi_region r;
    uint64_t found;

    (void)state;
    for (told.descriptor_bytes = 0; told.descriptor_bytes < 40; told.descriptor_bytes++) {
        assert_false(efi_runtime_region(&told, 0, &r));
        assert_string_equal(efi_runtime_find(SYSTEM, memory_at, &told, &found), no_code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_found, reset),
        cmocka_unit_test_setup(test_unsound_system_table, reset),
        cmocka_unit_test_setup(test_unsound_services, reset),
        cmocka_unit_test_setup(test_service_elsewhere, reset),
        cmocka_unit_test_setup(test_regions, reset),
        cmocka_unit_test_setup(test_no_regions, reset),
        cmocka_unit_test_setup(test_descriptors_too_short, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
