/*
 * fadt.h - reading the FADT: fixed hardware, and where FACS and DSDT are (ACPI 6.5, 5.2.9).
 */
#ifndef KERNEL_FADT_H
#define KERNEL_FADT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/firmware/acpi_gas.h"

#define FADT_SIGNATURE "FACP"

/*
 * A register whose address is 0 is not there. Each is told by its 64-bit field, or, where that is absent or
 * 0, by its 32-bit field, which is a port. Of a table too short for a field the field is 0 or false.
 */
struct fadt {
    uint64_t facs_paddr, dsdt_paddr;         /* by the 64-bit field, or else the 32-bit one; 0: none */
    uint64_t old_facs_paddr, old_dsdt_paddr; /* by the 32-bit field; 0: none */

    uint16_t sci_gsi; /* of the system control interrupt: level, active low unless the MADT overrides it */
    uint32_t smi_command_port;   /* 0: the machine is in ACPI mode for good */
    uint8_t acpi_enable_command; /* written there it gives the fixed hardware to us; 0: likewise */
    struct acpi_gas pm1a_control, pm1b_control; /* 16 bits, bit 0 SCI_EN */
    struct acpi_gas pm_timer;                   /* a read of 32 bits, 3.579545 MHz */
    bool is_pm_timer_32bit;                     /* otherwise it counts in 24 bits */

    struct acpi_gas
        reset; /* 8 bits: reset_value restarts the machine; address 0 too if it is not supported */
    uint8_t reset_value;
    struct acpi_gas sleep_control, sleep_status; /* instead of PM1 on hardware-reduced machines */
    bool is_hardware_reduced;                    /* no PM1, no PM timer, no SMI command: all of them are 0 */

    uint8_t century_register; /* of the CMOS clock; 0: none */
    /* Told by revision 3 and later; false where nobody tells. */
    bool has_no_legacy_devices; /* nothing on LPC or ISA that one must look for */
    bool has_no_8042, has_no_vga, has_no_msi, has_no_cmos_clock;
};

/* False, and all 0, if there is no table, or one shorter than that of ACPI 1.0. */
/*@ requires span_ok(table) && \valid(fadt);
    assigns *fadt; */
bool fadt_read(struct span table, struct fadt *fadt);

#endif
