"""CPUs: one and several, the least and the most QEMU has, and those that cannot run the kernel; and no COM1."""
import pytest

from machine import EXIT_SUCCESS
from report import Report
from screen import UNKNOWN, read_picture


@pytest.mark.parametrize("cpu,cpus", [("qemu64", 4), ("max", 1), ("Nehalem", 1)], ids=["four", "max", "Nehalem"])
def test_runs_on(firmware, start, exit_disk, cpu, cpus):
    done = start(firmware, exit_disk, cpu=cpu, cpus=cpus).wait_for_rest()
    assert done.exit_code == EXIT_SUCCESS
    assert Report(done.serial()).ends_well


@pytest.mark.parametrize("cpu", ["qemu32", "pentium3", "486"])
def test_cpu_without_64_bits_is_told_in_words(start, exit_disk, cpu):
    """Said on the BIOS's screen; then the machine halts, and neither ends nor begins again."""
    machine = start("bios", exit_disk, cpu=cpu).wait_for_rest()
    assert machine.is_running()
    text = "\n".join(machine.vga_text())
    assert "Janus: this CPU has no 64-bit mode" in text
    assert text.count("Janus") == 1
    assert machine.serial() == ""


def test_without_serial_port_the_screen_tells(firmware, start):
    """No COM1 at all: nothing waits for it, and the report is on the screen all the same."""
    machine = start(firmware, serial=False).wait_for_rest()
    assert machine.is_running()
    rows = read_picture(machine.picture())
    assert rows[-1] == "Janus ready"
    assert UNKNOWN not in "".join(rows)


def test_without_serial_port_exit_leaves(firmware, start, exit_disk):
    assert start(firmware, exit_disk, serial=False).wait_for_rest().exit_code == EXIT_SUCCESS
