"""Loaders: the same file started by everybody else's, each on every firmware that it has and by every entry it uses."""
import hashlib
import re
import shutil
import struct

import pytest

from images import FILE, copy_disk, put
from loaders import FILE_NAME, hash_on, hash_on_cd, isolinux_cd, with_grub, with_linux64, with_syslinux
from machine import EXIT_SUCCESS
from maps import E820_TYPES, e820_disk, normalised, read_e820, read_efi, type_at, under_starter, without_claims
from report import Report, wrapped
from screen import UNKNOWN, font_8x16, read_picture

WORDS = "one=1 two=2"
TEXT = "VGA text 80x25 at 0xb8000"
GRUB = r"GRUB 2\.\S+"

ELSEWHERE = 0x2000000
PREF_ADDRESS = 0x258  # field of the Linux setup header
MULTIBOOT2_MAGIC = 0xE85250D6
RELOCATABLE_TAG = 10

# Commands of GRUB; what the report says of firmware, entry and loader; its line about the screen.
BIOS_GRUB = {
    "linux": ("linux {} " + WORDS, "firmware not told, Linux 32-bit entry, loader GRUB", TEXT),
    "linux-pixels": ("set gfxpayload=1024x768x16\nlinux {} " + WORDS,
                     "firmware not told, Linux 32-bit entry, loader GRUB", "1024x768, pitch 2048 bytes, 16 bits"),
    "linux16": ("linux16 {} " + WORDS, "BIOS, Linux 16-bit entry, loader GRUB", TEXT),
    "multiboot": ("multiboot {} " + WORDS, f"firmware not told, Multiboot 1, loader {GRUB}", "1280x800, "),
    "multiboot-text": ("multiboot {} " + WORDS + "\nset gfxpayload=text",
                       f"firmware not told, Multiboot 1, loader {GRUB}", TEXT),
    "multiboot2": ("multiboot2 {} " + WORDS, f"firmware not told, Multiboot 2, loader {GRUB}", "1280x800, "),
    "multiboot2-text": ("multiboot2 {} " + WORDS + "\nset gfxpayload=text",
                        f"firmware not told, Multiboot 2, loader {GRUB}", TEXT),
}
UEFI_GRUB = {
    "linux": ("linux {} " + WORDS, "UEFI 2.7, Linux 32-bit entry, loader GRUB", "1280x800, "),
    "linuxefi": ("linuxefi {} " + WORDS, "UEFI 2.7, Linux EFI handover, ExitBootServices at try 1, loader GRUB linuxefi",
                 "1280x800, "),
    "multiboot": ("multiboot {} " + WORDS, f"firmware not told, Multiboot 1, loader {GRUB}", "1280x800, "),
    "multiboot2": ("multiboot2 {} " + WORDS,
                   f"UEFI 2.7, Multiboot 2 EFI entry, ExitBootServices at try 1, loader {GRUB}", "1280x800, "),
}

# What a loader makes of the kinds of memory that only UEFI knows, and what the kernel has taken for itself.
AS_E820 = {"boot services": "usable", "kernel": "usable", "runtime services": "reserved", "MMIO": "reserved"}


def as_e820(regions):
    return normalised([(base, end, AS_E820.get(kind, kind)) for base, end, kind in regions])


def check_screen(machine, report, screen):
    """The end of the report, by letter and dot, where the loader said that there is a screen."""
    assert report.field("screen").startswith(screen)
    if screen == TEXT:
        assert [row for row in machine.vga_text() if row] == wrapped(report.lines, 80)[-25:]
        return
    width, height = map(int, re.match(r"(\d+)x(\d+)", report.field("screen")).groups())
    rows = read_picture(machine.picture(), font_8x16())
    assert UNKNOWN not in "".join(rows)
    assert rows == [font_8x16().as_seen(row) for row in wrapped(report.lines, width // 8)[-(height // 16):]]


def check(machine, expected, screen):
    """All that a loader has to do with; gives the report."""
    report = Report(machine.wait_for_rest().serial())
    assert machine.is_halted() and report.ends_well
    assert re.match(expected + "; image at ", report.field("entered by"))
    assert report.field("command") in (WORDS, f"BOOT_IMAGE=/JANUS.EFI {WORDS}")
    assert not any(line.startswith("remarks") for line in report.lines)
    check_screen(machine, report, screen)
    return report


@pytest.fixture(scope="module")
def the_file():
    return hashlib.sha256(FILE.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def bios_map(start_for_module, tmp_path_factory):
    """What the BIOS says of memory to a boot sector that asks for it."""
    disk = e820_disk(tmp_path_factory.mktemp("e820") / "disk.img")
    regions = read_e820(start_for_module("bios", disk).wait_for_rest().serial())
    disk.unlink()
    return normalised(regions)


@pytest.fixture(scope="module")
def uefi_map(start_for_module, tmp_path_factory):
    """What the firmware says of memory to an application that leaves boot services, as E820 would have it."""
    disk = under_starter(copy_disk(tmp_path_factory.mktemp("starter") / "disk.img"), failures=0)
    machine = start_for_module("uefi", disk, debug_console=True).wait_for_rest()
    disk.unlink()
    return as_e820(read_efi(machine.debug_console()))


@pytest.mark.parametrize("way", BIOS_GRUB)
def test_grub_on_bios(start, disk_copy, the_file, bios_map, way):
    script, expected, screen = BIOS_GRUB[way]
    disk = with_grub("bios", disk_copy(), script)
    assert hash_on(disk) == the_file
    report = check(start("bios", disk), expected, screen)
    assert without_claims(report.regions) == bios_map


@pytest.mark.parametrize("way", UEFI_GRUB)
def test_grub_on_uefi(start, disk_copy, the_file, uefi_map, way):
    script, expected, screen = UEFI_GRUB[way]
    disk = with_grub("uefi", disk_copy(), script)
    assert hash_on(disk) == the_file
    report = check(start("uefi", disk), expected, screen)
    assert as_e820(report.regions) == uefi_map


def test_syslinux(start, disk_copy, the_file, bios_map):
    disk = with_syslinux(disk_copy(), WORDS)
    assert hash_on(disk) == the_file
    report = check(start("bios", disk), "BIOS, Linux 16-bit entry, loader SYSLINUX, PXELINUX or ISOLINUX", TEXT)
    assert without_claims(report.regions) == bios_map


def test_isolinux(start, tmp_path, the_file, bios_map):
    cd = isolinux_cd(tmp_path / "cd.iso", WORDS)
    assert hash_on_cd(cd) == the_file
    report = check(start("bios", cd, attach="ide-cd"), "BIOS, Linux 16-bit entry, loader SYSLINUX, PXELINUX or ISOLINUX", TEXT)
    assert without_claims(report.regions) == bios_map


def test_qemu_on_bios(start, bios_map):
    machine = start("bios", attach="none", arguments=["-kernel", FILE, "-append", WORDS])
    report = check(machine, "BIOS, Linux 16-bit entry, loader QEMU", TEXT)
    assert without_claims(report.regions) == bios_map


def test_loader_that_tells_no_screen(start, tmp_path):
    """iPXE takes the file for Multiboot 1 first, leaves the screen as it is and tells nothing of it."""
    shutil.copy(FILE, tmp_path)
    network = ["-netdev", f"user,id=net,tftp={tmp_path},bootfile={FILE.name}", "-device", "e1000,netdev=net,bootindex=0"]
    machine = start("bios", attach="none", arguments=network).wait_for_rest()
    report = Report(machine.serial())
    assert report.field("entered by").startswith("firmware not told, Multiboot 1, loader iPXE ")
    assert report.field("remarks") == "screen not told"
    check_screen(machine, report, TEXT)


def test_64bit_entry(start, disk_copy, the_file):
    """By a loader that maps nothing but what the protocol promises, and tells most of the map in an extension."""
    disk = with_linux64(disk_copy(), "exit")
    assert hash_on(disk) == the_file
    machine = start("uefi", disk, debug_console=True).wait_for_rest()
    report = Report(machine.serial())
    assert machine.exit_code == EXIT_SUCCESS and report.ends_well
    assert report.field("entered by").startswith("firmware not told, Linux 64-bit entry, loader of an unassigned type;")
    assert report.field("remarks") == "screen not told"
    rows = re.findall(r"^map (\w+) (\w+) (\w+)$", machine.debug_console(), re.MULTILINE)
    told = [(int(base, 16), int(base, 16) + int(size, 16), E820_TYPES[int(kind, 16)]) for base, size, kind in rows]
    assert len(told) > 100
    assert without_claims(report.regions) == normalised(told)


def moved(data, command):
    """The file asking for a place from ELSEWHERE on: so it goes where the place it prefers is taken."""
    data = bytearray(data)
    if command == "linux":
        struct.pack_into("<Q", data, PREF_ADDRESS, ELSEWHERE)
        return bytes(data)
    header = data.index(struct.pack("<II", MULTIBOOT2_MAGIC, 0))
    tag = data.index(struct.pack("<HHI", RELOCATABLE_TAG, 1, 24), header)
    struct.pack_into("<I", data, tag + 8, ELSEWHERE)
    return bytes(data)


@pytest.mark.parametrize("firmware,command", [("bios", "linux"), ("bios", "multiboot2"), ("uefi", "multiboot2")])
def test_file_goes_elsewhere(start, disk_copy, firmware, command):
    disk = with_grub(firmware, disk_copy(), command + " {} exit")
    put(disk, FILE_NAME, moved(FILE.read_bytes(), command))
    machine = start(firmware, disk).wait_for_rest()
    report = Report(machine.serial())
    assert machine.exit_code == EXIT_SUCCESS and report.ends_well
    assert ELSEWHERE - 0x1000 <= report.image_paddr < ELSEWHERE + 0x1000000
    assert type_at(report.regions, report.image_paddr + 0x1000) == "kernel"
