"""32-bit UEFI on a 64-bit CPU: BOOTIA32.EFI starts the same BOOTX64.EFI, or says why not and goes back."""
import re

import pytest

from images import FILE, FILE_ON_DISK, IA32_ON_DISK, mtools, put, symbols, with_cmdline
from machine import EXIT_SUCCESS
from maps import normalised, read_efi, under_starter, without_claims
from report import Report
from screen import UNKNOWN, colors_in, font_8x16, palette, read_picture

STARTER_EXIT = 65
INVALID_PARAMETER = "80000002"
MAX_TRIES = 16
RELOCATABLE = 0x234  # field of the Linux setup header


@pytest.fixture(scope="module")
def machine(start_for_module):
    return start_for_module("ia32").wait_for_rest()


@pytest.fixture(scope="module")
def report(machine):
    return Report(machine.serial())


def test_report_names_firmware_and_loader(report):
    assert report.ends_well
    assert report.field("entered by").startswith("UEFI 2.7 (32-bit), Linux 32-bit entry, loader BOOTIA32.EFI; image at")
    assert report.field("firmware").startswith("EDK II revision ")
    assert report.field("firmware").endswith(" Secure Boot off")
    assert report.field("tables").startswith("ACPI 2.0+ RSDP at 0x")
    assert ", SMBIOS 2.8 at 0x" in report.field("tables")


def test_code_in_memory_is_that_of_the_one_file(machine, report):
    """The same bytes that 64-bit UEFI and a BIOS start, from the disk users get."""
    names = symbols()
    start, end = (names[name] - names["image_start"] for name in ("text_start", "rodata_end"))
    assert machine.read_memory(report.image_paddr + start, end - start) == FILE.read_bytes()[start:end]


def test_picture_shows_the_end_of_the_report(machine, report):
    rows = read_picture(machine.picture())
    assert UNKNOWN not in "".join(rows)
    lines = [line[start:start + 160].rstrip() for line in report.lines for start in range(0, max(len(line), 1), 160)]
    assert rows == [font_8x16().as_seen(line) for line in lines[-50:]]
    assert colors_in(machine.picture()) <= palette()


def test_map_is_the_firmwares(start, disk_copy):
    """What the firmware told at the try that it let pass, the third."""
    disk = with_cmdline(under_starter(disk_copy(), 2, IA32_ON_DISK, "ia32"), "exit")
    machine = start("ia32", disk, debug_console=True).wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS
    report = Report(machine.serial())
    entries = read_efi(machine.debug_console())
    assert report.ends_well and report.field("command") == "exit"
    assert re.findall(r"^exit \w+ (\w+)$", machine.debug_console(), re.MULTILINE) == [INVALID_PARAMETER] * 2 + ["0"]
    assert "late " not in machine.debug_console()
    assert without_claims(report.regions) == normalised(entries)
    assert report.field("memory").startswith(f"{len(entries)} entries from UEFI, ")


def test_gives_up_and_returns(start, disk_copy):
    """The firmware gets its status and the pages of the kernel back: memory services may be called even then."""
    machine = start("ia32", under_starter(disk_copy(), 1000, IA32_ON_DISK, "ia32"), debug_console=True).wait_for_rest()
    assert machine.exit_code == STARTER_EXIT
    console = machine.debug_console()
    assert re.findall(r"^exit \w+ (\w+)$", console, re.MULTILINE) == [INVALID_PARAMETER] * MAX_TRIES
    assert re.findall(r"^late .*$", console, re.MULTILINE) == ["late FreePages"]
    assert f"returned {INVALID_PARAMETER}\n" in console
    assert "Janus: ExitBootServices failed every time, returning to the firmware\n" in machine.serial()


# Why not

def missing(disk):
    mtools("mdel", disk, f"::/{FILE_ON_DISK}")
    return disk


def truncated(disk):
    return put(disk, FILE_ON_DISK, FILE.read_bytes()[:0x4000])


def no_kernel(disk):
    return put(disk, FILE_ON_DISK, b"no kernel " * 20000)


def not_relocatable(disk):
    data = bytearray(FILE.read_bytes())
    data[RELOCATABLE] = 0
    return put(disk, FILE_ON_DISK, bytes(data))


NAME = "\\EFI\\BOOT\\BOOTX64.EFI"
BAD_HEADER = f"{NAME} has no Linux boot header, or one that cannot be right: EFI_LOAD_ERROR"


@pytest.mark.parametrize("change,message", [
    (missing, f"opening {NAME}: EFI_NOT_FOUND"),
    (truncated, f"{NAME} is shorter than its header says: an incomplete copy: EFI_LOAD_ERROR"),
    (no_kernel, BAD_HEADER),
    (not_relocatable, BAD_HEADER)], ids=lambda value: getattr(value, "__name__", ""))
def test_file_that_cannot_be_started_is_told(start, disk_copy, change, message):
    machine = start("ia32", change(disk_copy())).wait_for_serial("BdsDxe: failed to start Boot0001")
    assert f"Janus: {message}\n" in machine.serial()
    assert "Janus ready" not in machine.serial()


def test_cpu_without_long_mode_is_told(start):
    machine = start("ia32", cpu="pentium3").wait_for_serial("BdsDxe: failed to start Boot0001")
    assert "Janus: this CPU has no 64-bit mode, and the kernel needs it: EFI_UNSUPPORTED\n" in machine.serial()
