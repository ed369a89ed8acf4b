/*
 * power.c - restarting the machine, and switching it off.
 */
#include "kernel/devices/power.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/console/console.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/devices/ps2.h"
#include "kernel/firmware/acpi_register.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/firmware/efi_runtime.h"
#include "kernel/firmware/fadt.h"
#include "kernel/firmware/s5.h"
#include "kernel/lib/cmdline.h"

/* PM1 control (ACPI 6.5, 4.8.3.2.1), and sleep control (4.8.3.7). */
#define PM1_SCI_EN          0x0001u
#define PM1_SLP_TYP_SHIFT   10
#define PM1_SLP_TYP         (7u << PM1_SLP_TYP_SHIFT)
#define PM1_SLP_EN          0x2000u
#define SLEEP_SLP_TYP_SHIFT 2
#define SLEEP_SLP_EN        0x20u

#define MAX_STOP_US   300000 /* as long as a machine may need to stop */
#define MAX_SCI_EN_US 300000 /* and its firmware to let go of the hardware */

/* Null: it has begun, and the machine was to be gone by now. Otherwise why it cannot be, in words. */
struct way {
    const char *name;
    const char *what;
    const char *(*go)(void);
};

static const char *reboot_by_acpi(void)
{
    struct fadt fadt;

    if (!fadt_read(acpi_find(FADT_SIGNATURE, 0), &fadt))
        return "no FADT";
    if (fadt.reset.address == 0)
        return "the FADT has none";
    return acpi_register_write(&fadt.reset, 8, fadt.reset_value) ? NULL : "it is out of reach";
}

static const char *reboot_by_efi(void)
{
    return efi_reset(EFI_RESET_COLD);
}

static const char *reboot_by_keyboard(void)
{
    return ps2_reset_cpu() ? NULL : "no controller";
}

/* No vector can be found in a table of nothing: neither can that fault's, nor the next one's. */
static const char *reboot_by_triple_fault(void)
{
    const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) nothing = {0, 0};

    __asm__ volatile("lidt %0\n\tint3" : : "m"(nothing) : "memory");
    return NULL;
}

static const char *off_by_efi(void)
{
    return efi_reset(EFI_RESET_SHUTDOWN);
}

static bool find_s5(struct s5 *s5)
{
    struct span aml = acpi_find("DSDT", 0);

    for (uint32_t i = 0; aml.n > 0; i++) {
        if (s5_read(aml, s5))
            return true;
        aml = acpi_find("SSDT", i);
    }
    return false;
}

/* Takes the fixed hardware over from the firmware. A machine that does not tell that it did is tried as it
 * is. */
static void enter_acpi_mode(const struct fadt *fadt)
{
    uint16_t control = 0;

    acpi_register_read(&fadt->pm1a_control, 16, &control);
    if (control & PM1_SCI_EN || fadt->smi_command_port == 0 || fadt->smi_command_port > 0xffff)
        return;
    out8((uint16_t)fadt->smi_command_port, fadt->acpi_enable_command);
    for (uint32_t us = 0; us < MAX_SCI_EN_US && !(control & PM1_SCI_EN); us += 10) {
        clock_wait_us(10);
        acpi_register_read(&fadt->pm1a_control, 16, &control);
    }
}

static bool sleep_by(const struct acpi_gas *pm1_control, uint8_t slp_typ)
{
    uint16_t control;

    if (!acpi_register_read(pm1_control, 16, &control))
        return false;
    control = (uint16_t)((control & ~PM1_SLP_TYP) | (uint32_t)slp_typ << PM1_SLP_TYP_SHIFT | PM1_SLP_EN);
    return acpi_register_write(pm1_control, 16, control);
}

static const char *off_by_acpi(void)
{
    struct fadt fadt;
    struct s5 s5;

    if (!fadt_read(acpi_find(FADT_SIGNATURE, 0), &fadt))
        return "no FADT";
    if (!find_s5(&s5))
        return "no _S5_ in DSDT or SSDT";
    if (fadt.is_hardware_reduced)
        return acpi_register_write(&fadt.sleep_control, 8,
                                   (uint16_t)(s5.slp_typ_a << SLEEP_SLP_TYP_SHIFT | SLEEP_SLP_EN))
                   ? NULL
                   : "the sleep control register is out of reach";
    enter_acpi_mode(&fadt);
    if (!sleep_by(&fadt.pm1a_control, s5.slp_typ_a))
        return "the PM1a control register is out of reach";
    sleep_by(&fadt.pm1b_control, s5.slp_typ_b);
    return NULL;
}

static const struct way ways_to_reboot[] = {
    {"acpi", "the reset register of the FADT", reboot_by_acpi},
    {"efi", "UEFI's ResetSystem", reboot_by_efi},
    {"keyboard", "the keyboard controller", reboot_by_keyboard},
    {"triple", "a triple fault", reboot_by_triple_fault},
};

static const struct way ways_off[] = {
    {"efi", "UEFI's ResetSystem", off_by_efi},
    {"acpi", "ACPI's sleeping state S5", off_by_acpi},
};

static void try_way(const char *aim, const struct way *way)
{
    printk("%s by %s\n", aim, way->what);
    console_flush();
    const char *error = way->go();
    if (error == NULL)
        clock_wait_us(MAX_STOP_US);
    printk("  in vain: %s\n", error != NULL ? error : "nothing happened");
}

/* All of them, or the one of that name. */
static void try_ways(const char *aim, const struct way *ways, size_t num_ways, struct span name)
{
    bool any = false;

    for (size_t i = 0; i < num_ways; i++) {
        if (name.n == 0 || cmdline_equals(name, ways[i].name)) {
            try_way(aim, &ways[i]);
            any = true;
        }
    }
    if (!any)
        printk("%s: there is no way named %.*s\n", aim, (int)name.n, (const char *)name.p);
    console_flush();
}

void power_reboot_run(struct span way)
{
    try_ways("reboot", ways_to_reboot, sizeof ways_to_reboot / sizeof ways_to_reboot[0], way);
}

void power_off_run(struct span way)
{
    try_ways("power off", ways_off, sizeof ways_off / sizeof ways_off[0], way);
}

_Noreturn void power_reboot(void)
{
    power_reboot_run(span_of(NULL, 0));
    halt_forever();
}

void power_off(void)
{
    power_off_run(span_of(NULL, 0));
}
