"""Displays: every kind of adapter, every size of panel; read from the picture, dot by dot."""
import re

import pytest

from machine import panel
from report import Report
from screen import UNKNOWN, font_16x32, font_8x16, image_from_memory, read_image, read_picture

SIZES = ["800x600", "1366x768", "1920x1080", "3840x2160", "1080x1920"]
ADAPTERS = ["cirrus-vga", "virtio-vga", "bochs-display", "ramfb", "qxl-vga"]


def check_picture(machine):
    """The picture ends as the report does and holds nothing but glyphs; gives report and rows."""
    report = Report(machine.serial())
    assert report.ends_well
    rows = read_picture(machine.picture())
    assert UNKNOWN not in "".join(rows)
    assert rows[-1] == "Janus ready"
    return report, rows


def framebuffer(machine, report):
    """The picture as it lies in memory, by the geometry that the report tells."""
    found = re.match(r"(\d+)x(\d+), pitch (\d+) bytes, 32 bits BGR .*, at 0x([0-9a-f]+)$", report.field("screen"))
    width, height, pitch, paddr = *map(int, found.groups()[:3]), int(found[4], 16)
    return image_from_memory(machine.read_memory(paddr, pitch * height), width, height, pitch)


@pytest.mark.parametrize("size", SIZES)
def test_panel_of_size(start, size):
    """Large glyphs where 100 columns and 40 rows of them fit, else small ones; all of the report where it fits."""
    machine = start("uefi", display=panel(size)).wait_for_rest()
    font = font_16x32() if size == "3840x2160" else font_8x16()
    report = Report(machine.serial())
    image = framebuffer(machine, report)
    rows = read_image(image, font)
    assert report.field("screen").startswith(f"{size}, pitch {4 * image.width} bytes, ")  # as OVMF tells it
    assert UNKNOWN not in "".join(rows)
    assert rows == [font.as_seen(line) for line in report.lines][-(image.height // font.height):]
    if size != "1366x768":  # OVMF tells a pitch of 1366 pixels, QEMU shows 1360
        assert rows == read_picture(machine.picture(), font)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_adapter(firmware, start, adapter):
    check_picture(start(firmware, display=adapter).wait_for_rest())


def test_output_without_framebuffer_is_told(start):
    """virtio-gpu offers block transfers only: said on the firmware's console, then serial goes on alone."""
    machine = start("uefi", display="virtio-gpu-pci").wait_for_rest()
    report = Report(machine.serial())
    before = machine.serial().split(report.lines[0])[0]
    assert "Janus: graphics output without a linear framebuffer, going on over serial: EFI_UNSUPPORTED" in before
    assert report.field("screen") == "none"
    assert report.ends_well


def test_without_display_serial_carries_the_report(firmware, start):
    machine = start(firmware, display=None).wait_for_rest()
    assert machine.is_running()
    report = Report(machine.serial())
    assert report.field("screen") == "none"
    assert report.ends_well
