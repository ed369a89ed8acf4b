/*
 * acpi_register.h - reaching a register of which ACPI tells where it is.
 */
#ifndef KERNEL_ACPI_REGISTER_H
#define KERNEL_ACPI_REGISTER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/firmware/acpi_gas.h"

/*
 * Writes, or reads, the 8 or 16 bits of a register, whatever width it is said to have: a port, memory, or
 * the configuration space of a PCI device on bus 0. False, and nothing happened, if it lies where no such
 * register can, or there is none.
 */
bool acpi_register_write(const struct acpi_gas *gas, uint32_t num_bits, uint16_t value);
bool acpi_register_read(const struct acpi_gas *gas, uint32_t num_bits, uint16_t *value);

#endif
