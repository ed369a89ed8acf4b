/*
 * power.h - restarting the machine, and switching it off.
 *
 * There are several ways to do either, and no machine has them all. Each is named on every console before it
 * is tried; one that the machine does not have, or that has no effect within a bounded time, is told as well,
 * and the next one follows. Nothing is waited for that has not been printed yet.
 */
#ifndef KERNEL_POWER_H
#define KERNEL_POWER_H

#include "kernel/lib/span.h"

/*
 * Restarts the machine: `acpi`, the reset register of the FADT (ACPI 6.5, 4.8.3.6); `efi`, ResetSystem (UEFI
 * 2.10, 8.5.1); `keyboard`, the reset line behind the keyboard controller; `triple`, a fault that the CPU
 * cannot handle, which every PC answers with a reset. Halts if nothing does.
 */
_Noreturn void power_reboot(void);

/*
 * Switches the machine off: `efi`, ResetSystem; `acpi`, sleeping state S5 (ACPI 6.5, 7.4.2 and 16.1.6; the
 * firmware's own methods are not run). Comes back if nothing does.
 */
void power_off(void);

/* The command-line words `reboot` and `poweroff`; with one of the names above only in that way. Come back if
 * it does. */
void power_reboot_run(struct span way);
void power_off_run(struct span way);

#endif
