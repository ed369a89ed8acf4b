/*
 * acpi_gas.c - where a register is: the generic address structure.
 */
#include "kernel/firmware/acpi_gas.h"

struct acpi_gas acpi_gas_read(struct span table, size_t at)
{
    struct span bytes = span_sub(table, at, ACPI_GAS_BYTES);
    struct acpi_gas gas = {span_u8(bytes, 0), span_u8(bytes, 1), span_u8(bytes, 2), span_u8(bytes, 3),
                           span_u64(bytes, 4)};

    return gas;
}
