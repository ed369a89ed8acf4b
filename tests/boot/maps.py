"""maps.py - memory maps as the firmware gives them to somebody else, and what the kernel should make of them.

The kernel's report is compared with a second opinion: on BIOS a boot sector that asks INT 15h itself, on the same
machine; on UEFI the starter, which sees the very map that the kernel left boot services with.
"""
import functools
import re
import tempfile
import pathlib

from firmware_programs import build_boot_sector, build_efi_application
from images import FILE_ON_DISK, copy_disk, get, put

# From the least strict to the strictest, as the report names them.
STRICTNESS = ["usable", "boot services", "ACPI tables", "kernel", "persistent", "ACPI NVS", "runtime services",
              "MMIO", "reserved", "unusable"]

E820_TYPES = {1: "usable", 2: "reserved", 3: "ACPI tables", 4: "ACPI NVS", 5: "unusable", 7: "persistent"}
EFI_TYPES = {0: "reserved", 1: "usable", 2: "usable", 3: "boot services", 4: "boot services", 5: "runtime services",
             6: "runtime services", 7: "usable", 8: "unusable", 9: "ACPI tables", 10: "ACPI NVS", 11: "MMIO",
             12: "MMIO", 13: "reserved", 14: "persistent", 15: "reserved"}


@functools.lru_cache
def starter(arch):
    with tempfile.TemporaryDirectory() as folder:
        return build_efi_application("starter.c", pathlib.Path(folder), arch)


def under_starter(disk, failures, name=FILE_ON_DISK, arch="x86_64"):
    """The disk with the starter in front of the file of this name, which lies beside it unchanged."""
    put(disk, "EFI/BOOT/JANUS.EFI", get(disk, name))
    put(disk, name, starter(arch))
    return put(disk, "starter.cfg", str(failures).encode())


def e820_disk(path):
    """A disk that tells the BIOS's memory map instead of booting; as large as ours."""
    with tempfile.TemporaryDirectory() as folder:
        sector = build_boot_sector("e820.S", pathlib.Path(folder))
    copy_disk(path)
    with open(path, "r+b") as f:
        f.write(sector)
    return path


def read_e820(text):
    rows = [[int(word, 16) for word in line.split()] for line in text.splitlines()]
    return [(base, base + size, E820_TYPES[kind]) for base, size, kind, _ in rows]


def read_efi(text):
    rows = re.findall(r"^map (\w+) (\w+) (\w+)$", text, re.MULTILINE)
    return [(int(base, 16), int(base, 16) + int(size, 16), EFI_TYPES[int(kind, 16)]) for base, size, kind in rows]


def type_at(regions, address):
    """The strictest type that covers an address; None if there is none."""
    covering = [kind for base, end, kind in regions if base <= address < end]
    return max(covering, key=STRICTNESS.index, default=None)


def normalised(regions):
    """Sorted, disjoint, the strictest type wherever entries overlap, neighbours of one type joined."""
    edges = sorted({edge for base, end, _ in regions for edge in (base, end)})
    result = []
    for base, end in zip(edges, edges[1:]):
        kind = type_at(regions, base)
        if result and result[-1][1:] == (base, kind):
            result[-1] = (result[-1][0], end, kind)
        elif kind:
            result.append((base, end, kind))
    return result


def without_claims(regions):
    """The map before the kernel took its own part out of it: everything it claims was usable."""
    return normalised([(base, end, "usable" if kind == "kernel" else kind) for base, end, kind in regions])
