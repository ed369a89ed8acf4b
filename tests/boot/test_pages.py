"""The page allocator on real maps: what it hands out is RAM by the firmware's own map, and nobody else's."""
import re
import struct

import pytest

from images import symbols
from machine import EXIT_PANIC
from report import Report

PAGE = 4096
MIB, GIB = 1 << 20, 1 << 30
NUM_PAGES = 1024  # of kernel/tests/test_pages.c

# By kind of map: bytes of an entry, where in it base, length (in bytes or pages) and type are, and the types of RAM.
E820 = (24, "<QQI", lambda base, size, kind: (kind, base, base + size), {1})
EFI = (48, "<IxxxxQQQ", lambda kind, base, _, pages: (kind, base, base + pages * PAGE), {1, 2, 7})

MACHINES = [("bios", "16M"), ("bios", "128M"), ("uefi", "128M"), ("bios", "1024G"), ("uefi", "1024G")]


def sparse(memory):
    """Arguments for as much RAM as the host need not have."""
    return {"memory": memory, "cpu": "qemu64,+pdpe1gb,phys-bits=42",
            "arguments": ["-object", f"memory-backend-ram,id=pc.ram,size={memory},reserve=off",
                          "-machine", "memory-backend=pc.ram"]}


class Image:
    """The kernel's memory by name."""

    def __init__(self, machine, report):
        self._machine, self._names = machine, symbols()
        self._offset = report.image_paddr - self._names["image_start"]

    def paddr(self, name):
        return self._names[name] + self._offset

    def read(self, name, size):
        return self._machine.read_memory(self.paddr(name), size)


def raw_map(image, report, firmware, types):
    """The firmware's own map, byte for byte as it gave it: [(base, end)] of what has one of these types."""
    entry_bytes, layout, row, _ = E820 if firmware == "bios" else EFI
    count = int(report.field("memory").split()[0])
    data = image.read("raw_map_buffer", count * entry_bytes)
    rows = [row(*struct.unpack_from(layout, data, at)) for at in range(0, len(data), entry_bytes)]
    return [(base, end) for kind, base, end in rows if kind in types]


def ram_of_raw_map(image, report, firmware):
    """What the firmware calls free."""
    return raw_map(image, report, firmware, (E820 if firmware == "bios" else EFI)[3])


def whole_pages(ranges):
    """The pages of these ranges, neighbours joined, without those nobody gets: 0, and the VGA's and the BIOS's."""
    joined = []
    for base, end in sorted(ranges):
        if joined and joined[-1][1] == base:
            base = joined.pop()[0]
        joined.append((base, end))
    parts = [(-(-base // PAGE), end // PAGE) for base, end in joined]
    return sum(len(range(max(first, 1), min(last, 0xa0))) + len(range(max(first, 0x100), last))
               for first, last in parts)


def usable_pages(report):
    return whole_pages((base, end) for base, end, kind in report.regions if kind == "usable")


def counts(report):
    free, total, own = re.fullmatch(r"(\d+) of (\d+) free \(.*\), described in (\d+)", report.field("pages")).groups()
    return int(free), int(total), int(own)


@pytest.mark.parametrize("firmware,memory", MACHINES, indirect=False)
def test_pages_are_ram_nobody_uses(start, disk_with, firmware, memory):
    machine = start(firmware, disk_with("test=pages_are_ram_of_their_own"), **sparse(memory)).wait_for_rest()
    serial = machine.serial()
    assert "\nok 1 pages_are_ram_of_their_own\n" in serial
    report = Report(serial)
    image = Image(machine, report)
    pages = struct.unpack(f"<{NUM_PAGES}Q", image.read("taken_pages", NUM_PAGES * 8))
    assert len(set(pages)) == NUM_PAGES and all(page % PAGE == 0 for page in pages)

    ram = ram_of_raw_map(image, report, firmware)
    ours = [(base, end) for base, end, kind in report.regions if kind == "kernel"]
    for page in pages:
        assert any(base <= page and page + PAGE <= end for base, end in ram)
        assert all(page + PAGE <= base or end <= page for base, end in ours)
        assert page >= MIB
    assert any(base <= image.paddr("text_start") and image.paddr("image_end") <= end for base, end in ours)
    assert any(base <= machine.register("CR3") < end for base, end in ours)
    if memory == "1024G":
        assert min(pages) >= 4 * GIB  # memory below is for those who ask for it
    for page in (min(pages), max(pages), pages[NUM_PAGES // 2]):
        data = machine.read_memory(page, PAGE)
        assert data[:8] == data[-8:] == struct.pack("<Q", page)

    free, total, own = counts(report)
    assert total == usable_pages(report)
    assert total - 1024 < free <= total  # page tables, stacks of further CPUs
    assert 0 < own <= 16 + total // 8000  # 32 bytes for 64 pages, and tables to find them


@pytest.mark.parametrize("trial", ["double-free", "foreign-free"])
def test_wrong_free_ends_in_a_panic(firmware, start, disk_with, trial):
    machine = start(firmware, disk_with(f"exit trial={trial}")).wait_for_rest()
    assert machine.exit_code == EXIT_PANIC
    report = Report(machine.serial())
    panic, = re.findall(r"^Janus panic: (.*)$", machine.serial(), re.MULTILINE)
    if trial == "foreign-free":
        assert panic == "pages_free(0xa0000, 1): never handed out"
        return
    paddr = int(re.fullmatch(r"pages_free\(0x([0-9a-f]+), 3\): free already", panic)[1], 16)
    assert any(base <= paddr < end for base, end, kind in report.regions if kind == "usable")


def test_reclaim_gives_what_the_raw_map_says(firmware, start, disk_with):
    machine = start(firmware, disk_with("reclaim")).wait_for_rest()
    report = Report(machine.serial())
    free_before, total_before, _ = counts(report)
    done, = re.findall(r"^reclaimed (\d+) pages of boot services, (\d+) of ACPI tables; (\d+) of (\d+) free$",
                       machine.serial(), re.MULTILINE)
    boot, acpi, free, total = map(int, done)
    image = Image(machine, report)
    boot_types, acpi_types = (set(), {3}) if firmware == "bios" else ({3, 4}, {9})
    assert boot == whole_pages(raw_map(image, report, firmware, boot_types))
    assert acpi == whole_pages(raw_map(image, report, firmware, acpi_types))
    assert total - total_before == free - free_before == boot + acpi
    assert (boot > 0 and acpi > 0) == (firmware == "uefi")


def test_power_off_works_once_memory_is_reclaimed(start, disk_with):
    machine = start("uefi", disk_with("reclaim poweroff")).wait_for_rest()
    assert "\nreclaimed " in machine.serial()
    assert machine.exit_code == 0
