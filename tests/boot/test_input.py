"""Keys, from the PS/2 keyboard and over the serial port: told by the word `keys`, one line for each."""
import pytest

from machine import EXIT_SUCCESS
from report import Report

# What is pressed together, by QEMU's names, and what the kernel calls it.
PRESSED = [(["a"], "a"), (["shift", "a"], "A"), (["ctrl", "c"], "control-c"), (["alt", "x"], "alt-x"),
           (["up"], "up"), (["delete"], "delete"), (["kp_7"], "7"), (["f1"], "f1"), (["f12"], "f12"),
           (["caps_lock"], None), (["b"], "B"), (["shift_r", "pgdn"], "shift-page-down"), (["pause"], None),
           (["esc"], "escape"), (["slash"], "/"), (["spc"], "space"), (["ret"], "enter")]

TYPED = [(b"a", "a"), ("ü€".encode(), "U+00FC U+20AC"), (b"\x03", "control-c"), (b"\x1b[A", "up"), (b"\x1bOD", "left"),
         (b"\x1b[3~", "delete"), (b"\x1b[1;5H", "control-home"), (b"\x1b[24~", "f12"), (b"\xff", "U+FFFD"),
         (b"\x1b[999;999;9$x", None), (b"\x1bx", "alt-x"), (b"\x7f", "backspace"), (b"\x1b", "escape"), (b"\r", "enter")]


def names(machine):
    lines = machine.serial().splitlines()
    return [line[4:] for line in lines if line.startswith("key ")]


def expected(rows):
    return [name for _, text in rows if text for name in text.split()]


def wait_for(machine, rows, number):
    """Until the first `number` rows have been told: the next key must not come before an escape has ended."""
    wanted = expected(rows[:number])
    machine.wait_until(f"keys {wanted}", lambda: len(names(machine)) >= len(wanted) or not machine.is_running())


@pytest.mark.parametrize("firmware,chipset", [("bios", "pc"), ("uefi", "q35")], scope="function")
def test_keyboard(firmware, start, disk_with, chipset):
    machine = start(firmware, disk_with("keys exit"), machine=chipset).wait_for_serial("Press keys")
    for number, (keys, _) in enumerate(PRESSED):
        machine.press(*keys)
        wait_for(machine, PRESSED, number + 1)
    assert names(machine.wait_for_rest()) == expected(PRESSED)
    assert machine.exit_code == EXIT_SUCCESS
    assert Report(machine.serial()).field("input") == "PS/2 keyboard, serial port"


@pytest.mark.parametrize("firmware,chipset,fault", [
    ("bios", "pc", "no controller"), ("bios", "q35", "no controller, by the FADT"),
    ("uefi", "q35", "no controller, by the FADT")], scope="function")
def test_serial_port_where_there_is_no_keyboard(firmware, start, disk_with, chipset, fault):
    machine = start(firmware, disk_with("keys exit"), machine=f"{chipset},i8042=off", typing=True)
    machine.wait_for_serial("Press keys")
    for number, (data, _) in enumerate(TYPED):
        machine.type(data)
        wait_for(machine, TYPED, number + 1)
    assert names(machine.wait_for_rest()) == expected(TYPED)
    assert machine.exit_code == EXIT_SUCCESS
    assert Report(machine.serial()).field("input") == f"no PS/2 keyboard ({fault}), serial port"
