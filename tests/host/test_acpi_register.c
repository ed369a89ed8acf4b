/* units:  */
/*
 * Registers of ACPI's in ports, memory and the configuration space of PCI, all of which only write down what
 * is asked of them.
 */
#include "tests/host/host_test.h"

#define KERNEL_CPU_H /* the ports below instead of the machine's, and memory of our own */
#define KERNEL_KERNEL_MAP_H

static void out8(uint16_t port, uint8_t value);
static void out16(uint16_t port, uint16_t value);
static void out32(uint16_t port, uint32_t value);
static uint8_t in8(uint16_t port);
static uint16_t in16(uint16_t port);
static volatile void *map_device(uint64_t paddr, size_t size_bytes);
static void kernel_unmap(volatile const void *p);

#include "kernel/firmware/acpi_register.c"

#define DEVICE_PADDR 0xfed40000

static char done[256];
static uint8_t device[16];
static int num_mapped;

static void note(const char *format, unsigned a, unsigned b)
{
    size_t n = strlen(done);

    snprintf(done + n, sizeof done - n, format, a, b);
}

static void out8(uint16_t port, uint8_t value)
{
    note("out8 %x %x;", port, value);
}

static void out16(uint16_t port, uint16_t value)
{
    note("out16 %x %x;", port, value);
}

static void out32(uint16_t port, uint32_t value)
{
    note("out32 %x %x;", port, value);
}

static uint8_t in8(uint16_t port)
{
    note("in8 %x;", port, 0);
    return 0x5a;
}

static uint16_t in16(uint16_t port)
{
    note("in16 %x;", port, 0);
    return 0xa55a;
}

static volatile void *map_device(uint64_t paddr, size_t size_bytes)
{
    if (paddr < DEVICE_PADDR || paddr + size_bytes > DEVICE_PADDR + sizeof device)
        return NULL;
    num_mapped++;
    return device + (paddr - DEVICE_PADDR);
}

static void kernel_unmap(volatile const void *p)
{
    assert_true(p >= (volatile const void *)device && p < (volatile const void *)(device + sizeof device));
    num_mapped--;
}

static struct acpi_gas gas(uint8_t space, uint64_t address)
{
    return (struct acpi_gas){.space = space, .bit_width = 8, .address = address};
}

static const char *written(uint8_t space, uint64_t address, uint32_t num_bits, uint16_t value)
{
    const struct acpi_gas where = gas(space, address);

    done[0] = 0;
    if (!acpi_register_write(&where, num_bits, value))
        note("no", 0, 0);
    assert_int_equal(num_mapped, 0);
    return done;
}

static void test_ports(void **state)
{
    struct acpi_gas where = gas(ACPI_SPACE_IO, 0x404);
    uint16_t value = 0;

    (void)state;
    assert_string_equal(written(ACPI_SPACE_IO, 0xcf9, 8, 0x06), "out8 cf9 6;");
    assert_string_equal(written(ACPI_SPACE_IO, 0x404, 16, 0x3c01), "out16 404 3c01;");
    assert_string_equal(written(ACPI_SPACE_IO, 0xffff, 8, 1), "out8 ffff 1;");
    done[0] = 0;
    assert_true(acpi_register_read(&where, 16, &value));
    assert_int_equal(value, 0xa55a);
    assert_string_equal(done, "in16 404;");
}

static void test_memory(void **state)
{
    struct acpi_gas where = gas(ACPI_SPACE_MEMORY, DEVICE_PADDR + 4);
    uint16_t value = 0;

    (void)state;
    assert_string_equal(written(ACPI_SPACE_MEMORY, DEVICE_PADDR + 2, 8, 0x1ff), "");
    assert_string_equal(written(ACPI_SPACE_MEMORY, DEVICE_PADDR + 4, 16, 0x3c01), "");
    assert_memory_equal(device, "\0\0\xff\0\x01\x3c\0", 7);
    assert_true(acpi_register_read(&where, 16, &value));
    assert_int_equal(value, 0x3c01);
    assert_true(acpi_register_read(&where, 8, &value));
    assert_int_equal(value, 0x01);
    assert_int_equal(num_mapped, 0);
}

static void test_pci(void **state)
{
    (void)state;
    assert_string_equal(written(ACPI_SPACE_PCI_CONFIG, UINT64_C(0x1f000300ad), 8, 6),
                        "out32 cf8 8000fbac;out8 cfd 6;");
    assert_string_equal(written(ACPI_SPACE_PCI_CONFIG, 0xfe, 16, 6), "out32 cf8 800000fc;out16 cfe 6;");
}

static void test_nowhere(void **state)
{
    struct acpi_gas where = gas(ACPI_SPACE_IO, 0);
    uint16_t value = 0;

    (void)state;
    assert_string_equal(written(ACPI_SPACE_IO, 0, 8, 1), "no");
    assert_string_equal(written(ACPI_SPACE_IO, 0x10000, 8, 1), "no");
    assert_string_equal(written(ACPI_SPACE_IO, 0xffff, 16, 1), "no");
    assert_string_equal(written(ACPI_SPACE_IO, UINT64_MAX, 16, 1), "no");
    assert_string_equal(written(ACPI_SPACE_MEMORY, 0, 8, 1), "no");
    assert_string_equal(written(ACPI_SPACE_MEMORY, 0x1000, 8, 1), "no");
    assert_string_equal(written(ACPI_SPACE_PCI_CONFIG, UINT64_C(0x2000000000), 8, 1), "no");
    assert_string_equal(written(ACPI_SPACE_PCI_CONFIG, 0x80000, 8, 1), "no");
    assert_string_equal(written(ACPI_SPACE_PCI_CONFIG, 0x100, 8, 1), "no");
    assert_string_equal(written(ACPI_SPACE_PCI_CONFIG, 0xff, 16, 1), "no");
    assert_string_equal(written(3, 0x80, 8, 1), "no"); /* the embedded controller's */
    assert_false(acpi_register_read(&where, 8, &value));
    assert_int_equal(value, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_pci),
        cmocka_unit_test(test_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
