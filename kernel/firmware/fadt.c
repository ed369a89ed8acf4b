/*
 * fadt.c - reading the FADT.
 */
#include "kernel/firmware/fadt.h"

#define V1_BYTES 116 /* of ACPI 1.0 */

#define REVISION        8
#define FIRMWARE_CTRL   36
#define DSDT            40
#define SCI_INT         46
#define SMI_CMD         48
#define ACPI_ENABLE     52
#define PM1A_CNT_BLK    64
#define PM1B_CNT_BLK    68
#define PM_TMR_BLK      76
#define PM1_CNT_LEN     89
#define PM_TMR_LEN      91
#define CENTURY         108
#define IAPC_BOOT_ARCH  109
#define FLAGS           112
#define RESET_REG       116
#define RESET_VALUE     128
#define X_FIRMWARE_CTRL 132
#define X_DSDT          140
#define X_PM1A_CNT_BLK  172
#define X_PM1B_CNT_BLK  184
#define X_PM_TMR_BLK    208
#define SLEEP_CONTROL   244
#define SLEEP_STATUS    256

/* In FLAGS. */
#define TMR_VAL_EXT     (1u << 8)
#define RESET_REG_SUP   (1u << 10)
#define HW_REDUCED_ACPI (1u << 20)

/* In IAPC_BOOT_ARCH, which ACPI 1.0 does not have: its tables hold anything there. */
#define BOOT_ARCH_REVISION   3
#define LEGACY_DEVICES       (1u << 0)
#define HAS_8042             (1u << 1)
#define VGA_NOT_PRESENT      (1u << 2)
#define MSI_NOT_SUPPORTED    (1u << 3)
#define CMOS_RTC_NOT_PRESENT (1u << 5)

#define PM_TIMER_BYTES 4

/*@ requires span_ok(table);
    assigns \nothing; */
static uint64_t newer_paddr(struct span table, size_t x_at, uint64_t old)
{
    uint64_t paddr = span_u64(table, x_at);

    return paddr != 0 ? paddr : old;
}

/* The register at `x_at`, or the port at `old_at`, of as many bytes as `length_at` has it. */
/*@ requires span_ok(table) && x_at <= 512 && old_at <= 512 && length_at <= 512;
    assigns \nothing; */
static struct acpi_gas newer_register(struct span table, size_t x_at, size_t old_at, size_t length_at)
{
    struct acpi_gas gas = acpi_gas_read(table, x_at);

    if (gas.address == 0) {
        gas.space = ACPI_SPACE_IO;
        gas.bit_width = (uint8_t)(8u * (span_u8(table, length_at) & 15u));
        gas.bit_offset = 0;
        gas.access_size = 0;
        gas.address = span_u32(table, old_at);
    }
    return gas;
}

/*@ requires span_ok(table) && \valid(fadt);
    assigns *fadt; */
static void take_fixed_hardware(struct span table, struct fadt *fadt)
{
    fadt->smi_command_port = span_u32(table, SMI_CMD);
    fadt->acpi_enable_command = span_u8(table, ACPI_ENABLE);
    fadt->pm1a_control = newer_register(table, X_PM1A_CNT_BLK, PM1A_CNT_BLK, PM1_CNT_LEN);
    fadt->pm1b_control = newer_register(table, X_PM1B_CNT_BLK, PM1B_CNT_BLK, PM1_CNT_LEN);
    if (span_u8(table, PM_TMR_LEN) == PM_TIMER_BYTES)
        fadt->pm_timer = newer_register(table, X_PM_TMR_BLK, PM_TMR_BLK, PM_TMR_LEN);
}

/*@ requires \valid(fadt);
    assigns *fadt; */
static void take_boot_arch(uint32_t flags, struct fadt *fadt)
{
    fadt->has_no_legacy_devices = (flags & LEGACY_DEVICES) == 0;
    fadt->has_no_8042 = (flags & HAS_8042) == 0;
    fadt->has_no_vga = (flags & VGA_NOT_PRESENT) != 0;
    fadt->has_no_msi = (flags & MSI_NOT_SUPPORTED) != 0;
    fadt->has_no_cmos_clock = (flags & CMOS_RTC_NOT_PRESENT) != 0;
}

/*@ requires span_ok(table) && \valid(fadt);
    assigns *fadt; */
static void take_parts(struct span table, struct fadt *fadt)
{
    fadt->old_facs_paddr = span_u32(table, FIRMWARE_CTRL);
    fadt->old_dsdt_paddr = span_u32(table, DSDT);
    fadt->facs_paddr = newer_paddr(table, X_FIRMWARE_CTRL, fadt->old_facs_paddr);
    fadt->dsdt_paddr = newer_paddr(table, X_DSDT, fadt->old_dsdt_paddr);
}

/*@ requires span_ok(table) && \valid(fadt);
    assigns *fadt; */
static void take_reset(struct span table, struct fadt *fadt)
{
    fadt->reset = acpi_gas_read(table, RESET_REG);
    fadt->reset_value = span_u8(table, RESET_VALUE);
}

bool fadt_read(struct span table, struct fadt *fadt)
{
    static const struct fadt nothing = {0};
    uint32_t flags = span_u32(table, FLAGS);

    *fadt = nothing;
    if (table.n < V1_BYTES)
        return false;
    fadt->sci_gsi = span_u16(table, SCI_INT);
    fadt->century_register = span_u8(table, CENTURY);
    fadt->is_pm_timer_32bit = (flags & TMR_VAL_EXT) != 0;
    fadt->is_hardware_reduced = (flags & HW_REDUCED_ACPI) != 0;
    fadt->sleep_control = acpi_gas_read(table, SLEEP_CONTROL);
    fadt->sleep_status = acpi_gas_read(table, SLEEP_STATUS);
    take_parts(table, fadt);
    if ((flags & HW_REDUCED_ACPI) == 0)
        take_fixed_hardware(table, fadt);
    if ((flags & RESET_REG_SUP) != 0)
        take_reset(table, fadt);
    if (span_u8(table, REVISION) >= BOOT_ARCH_REVISION)
        take_boot_arch(span_u16(table, IAPC_BOOT_ARCH), fadt);
    return true;
}
