/*
 * acpi_gas.h - where a register is: the generic address structure (ACPI 6.5, 5.2.3.2).
 */
#ifndef KERNEL_ACPI_GAS_H
#define KERNEL_ACPI_GAS_H

#include <stdint.h>

#include "kernel/lib/span.h"

#define ACPI_GAS_BYTES 12

enum acpi_space {
    ACPI_SPACE_MEMORY = 0,
    ACPI_SPACE_IO = 1,
    ACPI_SPACE_PCI_CONFIG = 2, /* on bus 0: device << 32 | function << 16 | offset */
};

struct acpi_gas {
    uint8_t space; /* enum acpi_space, or another that we do not reach */
    uint8_t bit_width, bit_offset;
    uint8_t access_size; /* 1 << (access_size - 1) bytes at once; 0: not told */
    uint64_t address;    /* 0: there is no such register */
};

/* The structure at `at`; all 0 if the table ends before it does. */
/*@ requires span_ok(table) && at <= 0xffff;
    assigns \nothing; */
struct acpi_gas acpi_gas_read(struct span table, size_t at);

#endif
