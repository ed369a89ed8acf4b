"""Interrupts and time: what is masked at rest, read from outside; machines that lack one of the devices."""
import pathlib
import re
import struct

import pytest

from ktap import Ktap
from machine import EXIT_SUCCESS
from report import Report

# Under -icount, with 8 ns for an instruction, all clocks of a machine are one: they agree to a tick of the coarsest.
ONE_CLOCK = ["-icount", "shift=3,sleep=off"]
MAX_DEVIATION_PERCENT = 0.1

OUR_TESTS = ("interrupt_", "timer_", "clock_")

SEABIOS = pathlib.Path("/usr/share/seabios/bios-256k.bin")
SEABIOS_PADDR = 0x100000000 - 0x40000
HPET_MAX_PERIOD = 100_000_000


@pytest.fixture(scope="module", params=["pc", "q35"])
def machine(request, firmware, start_for_module):
    return start_for_module(firmware, machine=request.param).wait_for_rest()


def test_local_apic_at_rest(machine):
    """Enabled, spurious interrupts at 255; nothing pending or in service; of its sources only the NMI is open."""
    text = machine.qmp.monitor("info lapic")
    assert re.search(r"^SPIV\s+0x000001ff APIC enabled", text, re.MULTILINE)
    assert re.search(r"^ISR\s+\(none\)\s+IRR\s+\(none\)", text, re.MULTILINE)
    assert "TPR 0x00" in text and "current_count = 0" in text
    lvt = {name: rest for name, rest in re.findall(r"^LVT(\w+)\s+0x[0-9a-f]{8} (.*)$", text, re.MULTILINE)}
    for name in ("0", "PC", "ERR", "THMR"):
        assert " masked " in lvt[name]
    assert "NMI" in lvt["1"] and "masked" not in lvt["1"]


def test_pics_and_io_apic_at_rest(machine):
    """The PICs moved off the exceptions and masked, every input of the I/O APIC masked."""
    text = machine.qmp.monitor("info pic")
    pics = {int(n): (mask, int(base, 16))
            for n, mask, base in re.findall(r"^pic(\d): irr=\w\w imr=(\w\w) isr=00 .*irq_base=(\w\w)", text, re.MULTILINE)}
    assert pics == {0: ("ff", 0x20), 1: ("ff", 0x28)}
    pins = re.findall(r"^  pin (\d+)\s+0x\w+ .*$", text, re.MULTILINE)
    assert len(pins) == 24
    assert len(re.findall(r"^  pin \d+\s+0x\w+ .* masked ", text, re.MULTILINE)) == 24


def test_report_tells_how_they_come(machine):
    report = Report(machine.serial())
    assert report.field("interrupts") == "xAPIC, 24 I/O APIC inputs, PIC masked, one-shot timer"


def clock_of(machine):
    """The line `clock`: (frequency and source, {other source: what is said of it})."""
    chosen, *others = Report(machine.serial()).field("clock").split(", ")
    return chosen, {match[1]: match[2] for match in (re.match(r"(HPET|PM timer|PIT) (.+)$", text) for text in others)}


@pytest.mark.parametrize("machine,words,chosen,agreeing", [
    ("pc", [], "HPET", {"PM timer", "PIT"}), ("q35", [], "HPET", {"PM timer", "PIT"}),
    ("pc,hpet=off", [], "PM timer", {"PIT"}), ("q35", ["-no-hpet"], "PM timer", {"PIT"}),
    ("pc,pit=off", [], "HPET", {"PM timer"}), ("pc", ["-no-acpi"], "PIT", set())],
    ids=["pc", "q35", "pc-no-hpet", "q35-no-hpet", "no-pit", "no-acpi"])
def test_clocks_agree(start, exit_disk, machine, words, chosen, agreeing):
    """Whatever counters a machine has: the frequency is right, and those that run agree."""
    done = start("bios", exit_disk, machine=machine, arguments=[*ONE_CLOCK, *words]).wait_for_rest()
    text, others = clock_of(done)
    match = re.fullmatch(rf"TSC (\d+\.\d) MHz by {chosen}", text)
    assert match, text
    assert abs(float(match[1]) - 1000) < 10 * MAX_DEVIATION_PERCENT
    assert {name for name, said in others.items() if said.endswith(" %")} == agreeing
    assert all(abs(float(others[name].split()[0])) <= MAX_DEVIATION_PERCENT for name in agreeing)
    assert (others.get("PIT") == "stands still") == ("pit=off" in machine)


def hpet_table(folder, paddr):
    """Words that add an HPET table with the timer at `paddr` to a machine without one."""
    body = struct.pack("<IBBBBQBHB", 0x8086A201, 0, 64, 0, 0, paddr, 0, 100, 0)
    (folder / "hpet").write_bytes(body)
    return ["-acpitable", f"sig=HPET,data={folder / 'hpet'}"]


def still_hpet():
    """Where in the ROM an HPET would have a period that can be; its counter stands still."""
    rom = SEABIOS.read_bytes()
    return next(SEABIOS_PADDR + at for at in range(0, len(rom) - 1024, 4096)
                if 0 < struct.unpack_from("<I", rom, at + 4)[0] <= HPET_MAX_PERIOD)


@pytest.mark.parametrize("place,said", [(still_hpet, "stands still"), (lambda: 0xFED00000, "period unsound")],
                         ids=["still", "absent"])
def test_bad_hpet_is_named(start, exit_disk, tmp_path, place, said):
    """A table that lies about the timer: said by name, and the next counter is taken."""
    machine = start("bios", exit_disk, machine="pc,hpet=off",
                    arguments=[*ONE_CLOCK, *hpet_table(tmp_path, place())]).wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS
    chosen, others = clock_of(machine)
    assert chosen.endswith(" by PM timer") and others["HPET"] == said


@pytest.mark.parametrize("options,told,skipped", [
    ({"cpu": "qemu64,-apic"}, "no APIC, 24 I/O APIC inputs, PIC masked, no timer",
     {"interrupt_by_software_ends_no_other", "interrupt_comes_through_the_io_apic", "interrupt_is_sent_to_oneself",
      "timer_calls_in_time"}),
    ({"arguments": ["-no-acpi"]}, "xAPIC, no I/O APIC, PIC masked, one-shot timer", {"interrupt_comes_through_the_io_apic"}),
    ({"machine": "pc,pic=off"}, "xAPIC, 24 I/O APIC inputs, no PIC, one-shot timer", set()),
    ({"cpu": "max", "machine": "q35"}, "xAPIC, 24 I/O APIC inputs, PIC masked, one-shot timer", set())],
    ids=["no-apic", "no-acpi", "no-pic", "max"])
def test_without_some_of_it_the_rest_works(start, disk_with, options, told, skipped):
    """On one clock: a timer that comes too early shows itself."""
    arguments = [*ONE_CLOCK, *options.get("arguments", [])]
    machine = start("bios", disk_with("test exit"), **{**options, "arguments": arguments}).wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS
    assert Report(machine.serial()).field("interrupts") == told
    ours = [name for name in Ktap(machine.serial().splitlines()).skipped if name.startswith(OUR_TESTS)]
    assert set(ours) == skipped
