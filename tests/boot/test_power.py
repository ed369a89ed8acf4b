"""Restarting and switching off, in each way there is: told by the kernel, and seen by QEMU's own event."""
import pytest

from machine import EXIT_SUCCESS

ACPI, EFI, KEYBOARD, TRIPLE = ("the reset register of the FADT", "UEFI's ResetSystem", "the keyboard controller",
                               "a triple fault")
S5 = "ACPI's sleeping state S5"

# Firmware, machine, words; each way that is tried, with what is said if it is in vain.
REBOOTS = [
    ("bios", "pc", "reboot", [(ACPI, "the FADT has none"), (EFI, "no UEFI"), (KEYBOARD, None)]),
    ("bios", "q35", "reboot", [(ACPI, None)]),
    ("bios", "pc,acpi=off", "reboot", [(ACPI, "no FADT"), (EFI, "no UEFI"), (KEYBOARD, None)]),
    ("bios", "pc,i8042=off", "reboot",
     [(ACPI, "the FADT has none"), (EFI, "no UEFI"), (KEYBOARD, "no controller"), (TRIPLE, None)]),
    ("bios", "q35", "reboot=keyboard", [(KEYBOARD, None)]),
    ("uefi", "pc", "reboot", [(ACPI, "the FADT has none"), (EFI, None)]),
    ("uefi", "q35", "reboot", [(ACPI, None)]),
]

SHUTDOWNS = [
    ("bios", "pc", "poweroff", [(EFI, "no UEFI"), (S5, None)]),
    ("bios", "q35", "poweroff", [(EFI, "no UEFI"), (S5, None)]),
    ("uefi", "q35", "poweroff", [(EFI, None)]),
    ("uefi", "pc", "poweroff=acpi", [(S5, None)]),
]

# The machine goes on.
IN_VAIN = [
    ("bios", "pc,acpi=off", "poweroff", [(EFI, "no UEFI"), (S5, "no FADT")]),
    ("bios", "q35", "reboot=efi", [(EFI, "no UEFI")]),
    ("ia32", None, "poweroff=efi", [(EFI, "a 32-bit UEFI cannot be called")]),
]


def ids(rows):
    return [f"{firmware}-{machine or 'q35'}-{words}" for firmware, machine, words, _ in rows]


def lines_behind_report(machine):
    return machine.serial().split("\nJanus ready\n")[1].splitlines()


def expected(words, ways):
    aim = "reboot" if words.startswith("reboot") else "power off"
    return [line for way, error in ways for line in [f"{aim} by {way}", *([f"  in vain: {error}"] if error else [])]]


def ended(start, disk_with, firmware, machine, words):
    """What was said, and why QEMU ended: it is told not to begin again."""
    done = start(firmware, disk_with(f"{words} exit"), machine=machine)
    event = done.wait_for_event("SHUTDOWN")
    done.wait_for_rest()
    assert done.exit_code == 0 and event["guest"]
    return lines_behind_report(done), event["reason"]


@pytest.mark.parametrize("firmware,machine,words,ways", REBOOTS, ids=ids(REBOOTS), scope="function")
def test_reboot(start, disk_with, firmware, machine, words, ways):
    assert ended(start, disk_with, firmware, machine, words) == (expected(words, ways), "guest-reset")


@pytest.mark.parametrize("firmware,machine,words,ways", SHUTDOWNS, ids=ids(SHUTDOWNS), scope="function")
def test_power_off(start, disk_with, firmware, machine, words, ways):
    assert ended(start, disk_with, firmware, machine, words) == (expected(words, ways), "guest-shutdown")


@pytest.mark.parametrize("firmware,machine,words,ways", IN_VAIN, ids=ids(IN_VAIN), scope="function")
def test_goes_on_if_there_is_no_way(start, disk_with, firmware, machine, words, ways):
    done = start(firmware, disk_with(f"{words} exit"), machine=machine).wait_for_rest()
    assert done.exit_code == EXIT_SUCCESS
    assert lines_behind_report(done) == expected(words, ways)


def test_unknown_way_is_named(start, disk_with):
    done = start("bios", disk_with("reboot=kick exit")).wait_for_rest()
    assert done.exit_code == EXIT_SUCCESS
    assert lines_behind_report(done) == ["reboot: there is no way named kick"]
