"""The report: the same lines on serial port, screen memory and picture, on both routes and both chipsets."""
import re

import pytest

from images import build_id
from machine import EXIT_SUCCESS
from report import Report, wrapped
from screen import UNKNOWN, colors_in, font_8x16, palette, read_picture

LOADERS = {"bios": "BIOS, Linux 16-bit entry, loader Janus MBR;",
           "uefi": "UEFI 2.7, UEFI application, ExitBootServices at try 1, loader firmware boot manager;"}


@pytest.fixture(scope="module", params=["pc", "q35"])
def machine(request, firmware, start_for_module):
    return start_for_module(firmware, machine=request.param).wait_for_rest()


@pytest.fixture(scope="module")
def report(machine):
    return Report(machine.serial())


def test_first_line_names_the_version(report):
    assert re.match(r"Janus \d+\.\d+\.\d+", report.lines[0])


def test_build_id_is_the_linkers(report):
    assert report.build_id == build_id()
    assert report.field("build id").endswith(", image intact")


def test_route_and_loader_are_named(firmware, report):
    assert report.field("entered by").startswith(LOADERS[firmware])


def test_last_line_is_ready(report):
    assert report.ends_well


def test_machine_keeps_running(machine):
    """Without the word `exit` nobody touches port 0xf4, or QEMU would have ended."""
    assert machine.is_running() and machine.is_halted()


@pytest.mark.parametrize("firmware", ["bios"], indirect=True, scope="module")
def test_vga_memory_holds_the_end_of_the_report(machine, report):
    rows = [row for row in machine.vga_text() if row]
    assert rows == wrapped(report.lines, 80)[-25:]


def test_picture_shows_the_end_of_the_report(firmware, machine, report):
    """Every cell is a glyph, and the rows are those of the serial port, none missing where there is room."""
    columns, count = {"bios": (80, 25), "uefi": (160, 50)}[firmware]
    rows = read_picture(machine.picture())
    assert UNKNOWN not in "".join(rows)
    assert rows == [font_8x16().as_seen(row) for row in wrapped(report.lines, columns)[-count:]]


def test_picture_has_the_palettes_colors(firmware, machine):
    """Red and blue in their places, on a framebuffer and in the registers of a VGA, which keep 6 bits of each."""
    unseen_bits = {"bios": 2, "uefi": 0}[firmware]
    shown, known = ({tuple(value >> unseen_bits for value in color) for color in colors}
                    for colors in (colors_in(machine.picture()), palette()))
    assert len(known) == 16
    assert len(shown) >= 5 and shown <= known


def test_exit_leaves_with_success(firmware, start, exit_disk):
    machine = start(firmware, exit_disk).wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS
    report = Report(machine.serial())
    assert report.ends_well and report.field("command") == "exit"
