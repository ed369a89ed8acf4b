/* units: kernel/cpu/ioapic.c kernel/firmware/madt.c kernel/firmware/acpi_entries.c */
#include "tests/host/host_test.h"

#include "kernel/cpu/ioapic.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/memory/kernel_map.h"

#define MADT_BYTES 44 /* in front of the entries */

/* There is one I/O APIC, at this address. Behind its data register there is but one word, whatever the index.
 */
#define PADDR 0xfec00000
#define INDEX 0
#define DATA  4

static uint32_t registers[8];

volatile void *map_device(uint64_t paddr, size_t size_bytes)
{
    assert_int_equal(size_bytes, sizeof registers);
    return paddr == PADDR ? registers : NULL;
}

void spin_lock(struct spinlock *lock)
{
    (void)lock;
}

void spin_unlock(struct spinlock *lock)
{
    (void)lock;
}

/* MADTs to append entries to. */
struct table {
    uint8_t bytes[1024];
    size_t n;
};

static struct table empty_table(void)
{
    return (struct table){.n = MADT_BYTES};
}

static void append(struct table *table, const void *bytes, size_t n)
{
    memcpy(table->bytes + table->n, bytes, n);
    table->n += n;
}

static void append_override(struct table *table, uint8_t irq, uint8_t gsi, uint8_t flags)
{
    const uint8_t entry[] = {2, 10, 0, irq, gsi, 0, 0, 0, flags, 0};

    append(table, entry, sizeof entry);
}

static void append_ioapic(struct table *table, uint32_t paddr, uint8_t first_gsi)
{
    const uint8_t entry[] = {1,
                             12,
                             0,
                             0,
                             (uint8_t)paddr,
                             (uint8_t)(paddr >> 8),
                             (uint8_t)(paddr >> 16),
                             (uint8_t)(paddr >> 24),
                             first_gsi,
                             0,
                             0,
                             0};

    append(table, entry, sizeof entry);
}

static void expect_isa(uint32_t irq, uint32_t gsi, bool is_active_low, bool is_level)
{
    struct ioapic_input input = ioapic_isa_input(irq);

    assert_int_equal(input.gsi, gsi);
    assert_int_equal(input.is_active_low, is_active_low);
    assert_int_equal(input.is_level, is_level);
}

static void test_entry(void **state)
{
    struct ioapic_input isa = {4, false, false}, pci = {16, true, true}, high_level = {9, false, true};

    (void)state;
    assert_true(ioapic_entry(&isa, 0x30, 0) == 0x30);
    assert_true(ioapic_entry(&isa, 0xef, 254) == UINT64_C(0xfe000000000000ef));
    assert_true(ioapic_entry(&pci, 0x31, 1) == UINT64_C(0x010000000000a031));
    assert_true(ioapic_entry(&high_level, 0x31, 1) == UINT64_C(0x0100000000008031));
}

static void test_overrides(void **state)
{
    struct table table = empty_table();

    (void)state;
    append_override(&table, 0, 2, 0);      /* as the bus has it */
    append_override(&table, 9, 9, 0x0d);   /* active high, level */
    append_override(&table, 10, 20, 0x0f); /* active low, level */
    append_override(&table, 16, 30, 0x0f); /* no ISA interrupt */
    append_override(&table, 255, 30, 0x0f);
    ioapic_init(span_of(table.bytes, table.n));
    expect_isa(0, 2, false, false);
    expect_isa(1, 1, false, false);
    expect_isa(9, 9, false, true);
    expect_isa(10, 20, true, true);
    expect_isa(15, 15, false, false);
    assert_int_equal(ioapic_count(), 0);

    ioapic_init(span_of(NULL, 0)); /* no table: all are where ISA has them */
    expect_isa(0, 0, false, false);
    expect_isa(10, 10, false, false);
}

static void init_with(uint32_t paddr, uint32_t version, uint8_t first_gsi)
{
    struct table table = empty_table();

    append_ioapic(&table, paddr, first_gsi);
    registers[DATA] = version;
    ioapic_init(span_of(table.bytes, table.n));
}

static void test_what_is_no_ioapic(void **state)
{
    struct ioapic_input input = {3, false, false};

    (void)state;
    init_with(0, 0x00170020, 0);
    init_with(PADDR + 0x1000, 0x00170020, 0);
    init_with(PADDR, 0xffffffff, 0);
    init_with(PADDR, 0x00ff0020, 0); /* 256 inputs: their registers have no numbers */
    assert_int_equal(ioapic_count(), 0);
    assert_int_equal(ioapic_num_inputs(), 0);
    assert_false(ioapic_route(&input, 0x30, 0));
    assert_int_equal(ioapic_mask(3), 0);
}

static void test_inputs(void **state)
{
    struct ioapic_input below = {99, false, false}, last = {123, false, false}, beyond = {124, false, false};

    (void)state;
    init_with(PADDR, 0x00170020, 100);
    assert_int_equal(ioapic_count(), 1);
    assert_int_equal(ioapic_num_inputs(), 24);
    assert_int_equal(registers[INDEX], 0x10 + 2 * 23); /* the last that was masked */
    assert_int_equal(registers[DATA], 0x10000);

    assert_false(ioapic_route(&below, 0x30, 0));
    assert_false(ioapic_route(&beyond, 0x30, 0));
    assert_false(ioapic_route(&last, 0x30, 255));
    assert_int_equal(registers[DATA], 0x10000);
    assert_int_equal(ioapic_mask(123), 0);

    assert_true(ioapic_route(&last, 0x30, 254));
    assert_int_equal(registers[INDEX], 0x10 + 2 * 23);
    assert_int_equal(registers[DATA], 0x30);
    assert_false(ioapic_route(&last, 0x31, 254)); /* in use */
    assert_int_equal(ioapic_mask(124), 0);
    assert_int_equal(ioapic_mask(123), 0x30);
    assert_int_equal(registers[DATA], 0x10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry),
        cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_what_is_no_ioapic),
        cmocka_unit_test(test_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
