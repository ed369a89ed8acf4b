"""Failures: files that are fragmented, cut, damaged or missing, disks that cannot be read; and replacing the file."""
import re

import pytest

from images import (FILE, FILE_ON_DISK, cluster_lba, file_clusters, forget_free_cluster, format_partition, mtools, put,
                    symbols, with_cmdline)
from machine import EXIT_DAMAGED, EXIT_SUCCESS
from report import Report

LOADER_LBA = 34
INIT_SIZE = 0x260  # field of the Linux setup header: bytes of memory that the file needs


def boots(machine):
    machine.wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS, machine.evidence()
    return Report(machine.serial())


def boot_error(machine):
    """The letter and the status that the BIOS route halts with; said once, so the machine did not begin again."""
    machine.wait_for_rest()
    assert machine.is_running() and machine.serial() == ""
    found = re.findall(r"Janus (?:error )?([A-Z]) ([0-9A-F]{2})\b", "\n".join(machine.vga_text()))
    assert len(found) == 1
    return found[0]


def firmware_goes_on(machine):
    """OVMF gives the file up and goes on to its own shell."""
    machine.wait_for_serial("Shell>")
    assert "Janus ready" not in machine.serial()


def fails(start, firmware, disk, letter):
    machine = start(firmware, disk)
    if firmware == "uefi":
        firmware_goes_on(machine)
    else:
        assert boot_error(machine)[0] == letter


# Files as users leave them

def scattered(disk, cluster_sectors):
    """The file in pieces of one cluster: put where every second one of many small files has been deleted."""
    format_partition(disk, cluster_sectors)
    count = FILE.stat().st_size // (cluster_sectors * 512) + 2
    names = [f"::/EFI/BOOT/F{number}" for number in range(2 * count)]
    for name in names:
        mtools("mcopy", disk, "-", name, data=b"x")
    mtools("mdel", disk, *names[::2])
    forget_free_cluster(disk)
    mtools("mcopy", disk, FILE, f"::/{FILE_ON_DISK}")
    assert len(file_clusters(disk)) >= count - 3
    return with_cmdline(disk, "exit")


@pytest.mark.parametrize("cluster_sectors", [1, 8])
def test_fragmented_file_boots(firmware, start, disk_copy, cluster_sectors):
    assert boots(start(firmware, scattered(disk_copy(), cluster_sectors))).ends_well


def test_file_can_be_replaced(firmware, start, disk_copy):
    """Another build copied over the old one: its bytes are found by name, wherever they lie now."""
    disk = with_cmdline(disk_copy(), "exit")
    put(disk, "OTHER", b"x" * 100000)
    old = file_clusters(disk)
    data = FILE.read_bytes()
    put(disk, "KEEP", data)
    mtools("mdel", disk, f"::/{FILE_ON_DISK}")
    put(disk, "FILLER", b"x" * len(data))
    put(disk, FILE_ON_DISK, data)
    assert file_clusters(disk) != old
    assert boots(start(firmware, disk)).ends_well


def test_partition_can_be_formatted_again(firmware, start, disk_copy):
    disk = format_partition(disk_copy(), 1)
    mtools("mcopy", disk, FILE, f"::/{FILE_ON_DISK}")
    assert boots(start(firmware, with_cmdline(disk, "exit"))).ends_well


# Files that cannot be started

def test_missing_file_is_told(firmware, start, disk_copy):
    disk = disk_copy()
    mtools("mdel", disk, f"::/{FILE_ON_DISK}")
    fails(start, firmware, disk, "N")


@pytest.mark.parametrize("size", [0x1000, 0x4000], ids=["headers", "some"])
def test_truncated_file_is_told(firmware, start, disk_copy, size):
    fails(start, firmware, put(disk_copy(), FILE_ON_DISK, FILE.read_bytes()[:size]), "T")


def test_wrong_file_is_told(firmware, start, disk_copy):
    fails(start, firmware, put(disk_copy(), FILE_ON_DISK, b"no kernel " * 20000), "H")


def test_empty_file_is_told(firmware, start, disk_copy):
    disk = disk_copy()
    mtools("mdel", disk, f"::/{FILE_ON_DISK}")
    put(disk, FILE_ON_DISK, b"")
    fails(start, firmware, disk, "T")


def test_disk_without_active_partition_is_told(start, disk_copy):
    disk = disk_copy()
    with open(disk, "r+b") as f:
        f.seek(446)
        f.write(bytes(64))
    assert boot_error(start("bios", disk))[0] == "P"


def test_disk_without_loader_is_told(start, disk_copy):
    disk = disk_copy()
    with open(disk, "r+b") as f:
        f.seek(LOADER_LBA * 512)
        f.write(bytes(512))
    assert boot_error(start("bios", disk))[0] == "L"


def test_file_that_needs_more_memory_is_told(start, disk_copy):
    data = bytearray(FILE.read_bytes())
    data[INIT_SIZE:INIT_SIZE + 4] = (256 << 20).to_bytes(4, "little")
    assert boot_error(start("bios", put(disk_copy(), FILE_ON_DISK, bytes(data))))[0] == "S"


# A file that is not what was built

@pytest.mark.parametrize("symbol", ["memory_type_name", "panic_trap", "font_16x32_packed", "late_packed"])
def test_damaged_file_is_refused(firmware, start, disk_copy, symbol):
    """One bit, in code and in constants that run or are read only after the check."""
    names = symbols()
    data = bytearray(FILE.read_bytes())
    data[names[symbol] - names["image_start"] + 9] ^= 0x10
    disk = with_cmdline(put(disk_copy(), FILE_ON_DISK, bytes(data)), "exit")
    machine = start(firmware, disk).wait_for_rest()
    report = Report(machine.serial())
    assert machine.exit_code == EXIT_DAMAGED
    assert any(line.startswith("image is damaged: CRC-32 of its read-only part is ") for line in report.lines)
    assert "Janus ready" not in report.lines


# Disks that cannot be read

def failing_disk(path, lba, once):
    """Options of a disk whose sector `lba` gives an error: ever, or at the first try only."""
    return (f"driver=raw,file.driver=blkdebug,file.image.driver=file,file.image.filename={path},"
            f"file.inject-error.0.event=read_aio,file.inject-error.0.sector={lba},"
            f"file.inject-error.0.once={once}")


def first_lba(disk, what):
    return LOADER_LBA if what == "loader" else cluster_lba(disk, file_clusters(disk)[0][0])


@pytest.mark.parametrize("what,letter", [("loader", "D"), ("file", "R")])
def test_read_error_is_told_with_its_status(start, disk_copy, what, letter):
    disk = disk_copy()
    found, status = boot_error(start("bios", failing_disk(disk, first_lba(disk, what), "off")))
    assert found == letter and status != "00"


@pytest.mark.parametrize("what", ["loader", "file"])
def test_read_error_that_does_not_stay_is_overcome(start, disk_copy, what):
    disk = with_cmdline(disk_copy(), "exit")
    assert boots(start("bios", failing_disk(disk, first_lba(disk, what), "on"))).ends_well
