"""Exceptions: each is caught, named, and ends in a panic on every console instead of a reset."""
import re

import pytest

from images import symbols
from machine import EXIT_PANIC, EXIT_SUCCESS
from report import Report
from screen import UNKNOWN, read_picture

# Name of the trial: what the panic calls it, and the function that its backtrace begins in.
TRIALS = {
    "divide": ("divide error (vector 0)", "divide"),
    "debug": ("debug exception (vector 1)", "debug"),
    "nmi": ("non-maskable interrupt (vector 2)", "nmi"),
    "breakpoint": ("breakpoint (vector 3)", "breakpoint"),
    "overflow": ("overflow (vector 4)", "overflow"),
    "invalid-opcode": ("invalid opcode (vector 6)", "invalid_opcode"),
    "no-device": ("device not available (vector 7)", "no_device"),
    "double-fault": ("double fault (vector 8)", "double_fault"),
    "not-present": ("segment not present (vector 11)", "not_present"),
    "stack-segment": ("stack-segment fault (vector 12)", "stack_segment"),
    "general-protection": ("general protection (vector 13)", "general_protection"),
    "read-null": ("page fault (vector 14)", "read_null"),
    "write-text": ("page fault (vector 14)", "write_text"),
    "write-rodata": ("page fault (vector 14)", "write_rodata"),
    "execute-data": ("page fault (vector 14)", None),
    "execute-stack": ("page fault (vector 14)", None),
    "stack-overflow": ("double fault (vector 8)", "stack_overflow"),
    "machine-check": ("machine check (vector 18)", "machine_check"),
    "stack-smash": ("stack smashed in stack_smash", "__stack_chk_fail"),
    "panic": ("asked for on the command line", "call_panic"),
    "wild-stack": ("double fault (vector 8)", "wild_stack"),
    "wild-rbp": ("invalid opcode (vector 6)", "wild_rbp"),
    "panic-in-print": ("general protection (vector 13)", "format_emit_v"),
}

NO_STACK = {"double-fault", "stack-overflow", "wild-stack"}  # the call chain has a gap

# What stands below the headline: the cause, in words.
CAUSES = {
    "read-null": ["read from 0000000000000000: nothing is mapped there", "that is page 0, where null points"],
    "write-text": ["write to {text_start:016x}: its rights forbid it", r"that is \.text"],
    "write-rodata": ["write to {rodata_start:016x}: its rights forbid it", r"that is \.rodata"],
    "execute-stack": ["execution of ffffffff8[0-9a-f]{{7}}: its rights forbid it"],
    "execute-data": ["execution of [0-9a-f]{{16}}: its rights forbid it", r"that is \.data or \.bss"],
    "not-present": ["entry 3 of the GDT is to blame"],
    "stack-segment": ["entry 3 of the GDT is to blame"],
    "stack-overflow": ["stack at {last_push:016x}: the guard page of the kernel stack of CPU 0"],
    "wild-stack": ["stack at 0000123456788ff8: the half of user programs"],
    "panic-in-print": ["not a canonical address: .*"],
}


def panic_lines(machine):
    """The lines from the panic's first one on, behind a complete report."""
    lines = Report(machine.serial()).lines
    start = next(i for i, line in enumerate(lines) if line.startswith("Janus panic:"))
    assert "Janus ready" in lines[:start]
    return lines[start:]


def calls(lines):
    """The backtrace: function names, innermost first; addresses are checked against the symbols of the ELF file."""
    found = [re.match(r"  ([0-9a-f]{16})  (\w+)\+0x([0-9a-f]+)$", line) for line in lines]
    addresses = symbols()
    for call in filter(None, found):
        assert addresses[call[2]] + int(call[3], 16) == int(call[1], 16)
    return [call[2] for call in found if call]


@pytest.mark.parametrize("trial", TRIALS)
def test_exception_ends_in_a_panic(firmware, start, disk_with, trial):
    machine = start(firmware, disk_with(f"exit trial={trial}")).wait_for_rest()
    name, function = TRIALS[trial]
    lines = panic_lines(machine)
    assert machine.exit_code == EXIT_PANIC
    assert lines[0] == f"Janus panic: {name}"
    known = {**symbols(), "last_push": symbols()["kernel_stack"] - 8}
    for expected, line in zip(CAUSES.get(trial, []), lines[1:]):
        assert re.fullmatch(expected.format(**known), line)
    if trial not in ("panic", "stack-smash"):
        assert any(re.match(r"rip [0-9a-f]{16}  cs .*  cpu 0$", line) for line in lines)
    names = calls(lines)
    if function:
        assert names[0] == function
    if trial == "wild-rbp":
        assert lines[-2] == "  rbp goes on at 8000000000000000, which is no frame"
    elif trial not in NO_STACK:
        assert names[-3:] == ["trial_run", "words_run", "kernel_main"]
    assert lines[-1] == "Halted."


def test_unexpected_interrupt_is_counted(firmware, start, disk_with):
    """Nobody handles vector 128: it returns, and everything goes on."""
    machine = start(firmware, disk_with("exit trial=interrupt")).wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS
    assert machine.serial().splitlines()[-2:] == ["Janus ready", "unexpected interrupts 1, the last at vector 128"]


@pytest.mark.parametrize("trial", ["read-null", "stack-overflow", "panic-in-print"])
def test_panic_stays_on_the_screen(firmware, start, disk_with, trial):
    """Without `exit` the machine halts, and its picture shows the panic to the last line."""
    machine = start(firmware, disk_with(f"trial={trial}")).wait_for_rest()
    assert machine.is_running()
    lines = panic_lines(machine)
    rows = read_picture(machine.picture())
    assert UNKNOWN not in "".join(rows)
    assert rows[-len(lines):] == lines
    if firmware == "bios":
        memory = [row for row in machine.vga_text() if row]
        assert memory[-len(lines):] == lines


# What a CPU with SMAP and SMEP does not let the kernel do with a page that a user could reach, too.
USER_PAGE = {
    "smap": r"read from 0000000000400000: it is for user programs \(SMAP\)",
    "smep": r"execution of 0000000000400[0-9a-f]{3}: it is for user programs \(SMEP\)",
}


@pytest.mark.parametrize("trial", USER_PAGE)
def test_user_page_is_not_for_the_kernel(firmware, start, disk_with, trial):
    machine = start(firmware, disk_with(f"exit trial={trial}"), cpu="max").wait_for_rest()
    lines = panic_lines(machine)
    assert machine.exit_code == EXIT_PANIC
    assert re.fullmatch(USER_PAGE[trial], lines[1])
    assert calls(lines)[-4:] == [trial, "trial_run", "words_run", "kernel_main"]


@pytest.mark.parametrize("trial", USER_PAGE)
def test_user_page_is_one(start, disk_with, trial):
    """A CPU that has neither does as it is told: what the trials do is no fault of another kind."""
    machine = start("bios", disk_with(f"exit trial={trial}"), cpu="qemu64").wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS


LOGGED = re.compile(r"^\[ *(\d+)(\.\d{6}| kc)\] (.*)$")


def test_log_comes_before_the_panic(firmware, start, disk_with):
    """The last eight lines of the log, each with its time, in front of the headline."""
    lines = Report(start(firmware, disk_with("exit trial=read-null")).wait_for_rest().serial()).lines
    start = lines.index("Janus ready")
    logged = [LOGGED.match(line) for line in lines[start + 1:start + 9]]
    assert [row[3].rstrip() for row in logged] == lines[start - 7:start + 1]
    times = [row[1] + row[2].rstrip(" kc") for row in logged]
    assert times == sorted(times, key=float)
    assert lines[start + 9:start + 11] == ["", "Janus panic: page fault (vector 14)"]


def test_panic_within_a_panic(firmware, start, disk_with):
    """What the second trap came out of is given up, the rest is told."""
    machine = start(firmware, disk_with("exit trial=panic-in-panic")).wait_for_rest()
    lines = panic_lines(machine)
    assert machine.exit_code == EXIT_PANIC
    assert lines[0] == "Janus panic: invalid opcode (vector 6)"
    second = next(i for i, line in enumerate(lines) if line.startswith("panic within panic: "))
    assert re.fullmatch(r"panic within panic: general protection \(vector 13\) at  [0-9a-f]{16}  find_stack\+0x.*",
                        lines[second])
    assert calls(lines[:second]) == ["panic_in_panic"]
    assert lines[second + 1:] == ["Halted."]


def test_third_panic_ends_it(firmware, start, disk_with):
    machine = start(firmware, disk_with("exit trial=panic-thrice")).wait_for_rest()
    lines = panic_lines(machine)
    assert machine.exit_code == EXIT_PANIC
    assert sum(line.startswith("panic within panic: ") for line in lines) == 1
    assert "Halted." not in lines
    assert calls(lines) == ["panic_thrice"]


def test_panic_out_of_drawing(firmware, start, disk_with):
    """A watchpoint on the screen's memory: the picture is begun anew, and shows the panic."""
    machine = start(firmware, disk_with("trial=panic-in-drawing")).wait_for_rest()
    lines = panic_lines(machine)
    assert lines[0] == "Janus panic: debug exception (vector 1)"
    names = calls(lines)
    assert names[0] in ("device_draw", "store_line") and "screen_write" in names
    assert lines[-1] == "Halted."
    assert read_picture(machine.picture())[-len(lines):] == lines


def all_are_halted(machine):
    """With interrupts off, unlike a CPU that only waits for something to do."""
    registers = machine.qmp.monitor("info registers -a")
    flags = [int(value, 16) for value in re.findall(r"FL=([0-9a-f]+)", registers)]
    return re.findall(r"HLT=(\d)", registers) == ["1"] * 4 and not any(value & 0x200 for value in flags)


def test_panic_on_another_cpu(firmware, start, disk_with):
    """It names its CPU and shows that one's calls; the others, the one that booted among them, are halted."""
    machine = start(firmware, disk_with("trial=other-cpu"), cpus=4).wait_for_serial("Halted.")
    lines = panic_lines(machine)
    assert lines[0] == "Janus panic: invalid opcode (vector 6)"
    assert lines[1].endswith("  cpu 1")
    assert calls(lines)[0] == "invalid_opcode_on"
    assert lines[-1] == "Halted."
    machine.wait_until("every CPU is halted for good", lambda: all_are_halted(machine))


def test_real_nmi_is_caught(firmware, start):
    machine = start(firmware).wait_for_serial("Janus ready").wait_for_rest()
    machine.qmp.execute("inject-nmi")
    machine.wait_for_serial("Halted.").wait_for_rest()
    assert machine.is_running()
    lines = panic_lines(machine)
    assert lines[0] == "Janus panic: non-maskable interrupt (vector 2)"
    assert calls(lines)[-1] == "kernel_main"
