/*
 * acpi_register.c - reaching a register of which ACPI tells where it is.
 */
#include "kernel/firmware/acpi_register.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/memory/kernel_map.h"

/* PCI Local Bus 3.0, 3.2.2.3.2: the first access mechanism. */
#define PCI_CONFIG_ADDRESS 0xcf8
#define PCI_CONFIG_DATA    0xcfc
#define PCI_ENABLE         0x80000000u

#define PCI_MAX_DEVICE   31u
#define PCI_MAX_FUNCTION 7u
#define PCI_CONFIG_BYTES 256u

/* The port at which a register's first byte is; 0: at none. Makes the PCI bus show it there. */
static uint16_t port_of(const struct acpi_gas *gas, uint32_t num_bytes)
{
    uint64_t device = gas->address >> 32, function = gas->address >> 16 & 0xffff;
    uint32_t offset = gas->address & 0xffff;

    if (gas->space == ACPI_SPACE_IO)
        return gas->address <= 0x10000 - num_bytes ? (uint16_t)gas->address : 0;
    if (gas->space != ACPI_SPACE_PCI_CONFIG || device > PCI_MAX_DEVICE || function > PCI_MAX_FUNCTION ||
        offset > PCI_CONFIG_BYTES - num_bytes || offset % num_bytes != 0)
        return 0;
    out32(PCI_CONFIG_ADDRESS, PCI_ENABLE | (uint32_t)(device << 11 | function << 8) | (offset & ~3u));
    return (uint16_t)(PCI_CONFIG_DATA + offset % 4);
}

static volatile void *memory_of(const struct acpi_gas *gas, uint32_t num_bytes)
{
    return gas->space == ACPI_SPACE_MEMORY && gas->address != 0 ? map_device(gas->address, num_bytes) : NULL;
}

bool acpi_register_write(const struct acpi_gas *gas, uint32_t num_bits, uint16_t value)
{
    uint16_t port = port_of(gas, num_bits / 8);
    volatile void *memory = memory_of(gas, num_bits / 8);

    if (port != 0 && num_bits == 16)
        out16(port, value);
    else if (port != 0)
        out8(port, (uint8_t)value);
    else if (memory != NULL && num_bits == 16)
        *(volatile uint16_t *)memory = value;
    else if (memory != NULL)
        *(volatile uint8_t *)memory = (uint8_t)value;
    if (memory != NULL)
        kernel_unmap(memory);
    return port != 0 || memory != NULL;
}

bool acpi_register_read(const struct acpi_gas *gas, uint32_t num_bits, uint16_t *value)
{
    uint16_t port = port_of(gas, num_bits / 8);
    volatile const void *memory = memory_of(gas, num_bits / 8);

    if (port != 0)
        *value = num_bits == 16 ? in16(port) : in8(port);
    else if (memory != NULL)
        *value = num_bits == 16 ? *(volatile const uint16_t *)memory : *(volatile const uint8_t *)memory;
    if (memory != NULL)
        kernel_unmap(memory);
    return port != 0 || memory != NULL;
}
