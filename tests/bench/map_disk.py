"""map_disk.py - disks that boot Janus unchanged under a BIOS whose memory map has as many entries as wanted, shuffled.

The real boot sector moves aside for one that answers E820 from a table (map_hook.S). The table is the map that this
machine's own BIOS gives, but for RAM above 4 GiB, which is cut into small pieces, every other one reserved, as the
fragmented maps of large machines are.
"""
import pathlib
import random
import re
import struct
import tempfile

from meter import SECTOR_BYTES  # first: it finds the modules of tests/boot
from firmware_programs import build_boot_sector
from images import copy_disk
from machine import Machine
from maps import e820_disk

HERE = pathlib.Path(__file__).parent
MEMORY = "6G"
FOUR_GIB = 1 << 32
PIECE_BYTES = 1 << 16
USABLE, RESERVED = 1, 2
PARTITION_TABLE = slice(440, 512)


def constant(name):
    return int(re.search(rf"#define {name}\s+(\d+)", (HERE / "map_hook.S").read_text())[1])


def bios_map(folder):
    """[(base, end, type)], as the BIOS of this machine tells it."""
    with Machine(folder, "bios", e820_disk(folder / "e820.img"), memory=MEMORY) as machine:
        lines = machine.wait_for_rest().serial().splitlines()
    rows = [[int(word, 16) for word in line.split()] for line in lines]
    return [(base, base + size, kind) for base, size, kind, _ in rows]


def without_hook(regions):
    """The hook's own memory is below the end of the first region, and reserved."""
    base, end, kind = regions[0]
    top = end // 1024 * 1024 - constant("HOOK_KIB") * 1024
    return [(base, top, kind), (top, end, RESERVED), *regions[1:]]


def in_pieces(regions, num_entries):
    """RAM above 4 GiB in pieces, so that there are `num_entries` regions in all."""
    high = next(r for r in regions if r[0] == FOUR_GIB and r[2] == USABLE)
    rest = [r for r in regions if r != high]
    pieces, at = [], FOUR_GIB
    for i in range(num_entries - len(rest) - 1):
        pieces.append((at, at + PIECE_BYTES, (RESERVED, USABLE)[i % 2]))
        at += PIECE_BYTES
    return [*rest, *pieces, (at, high[1], USABLE)]


def shuffled_map(regions, num_entries):
    entries = in_pieces(without_hook(regions), num_entries)
    random.Random(num_entries).shuffle(entries)
    return entries


def map_disk(path, entries):
    """The disk image with the hook, this map, and the real boot sector where the hook finds it."""
    with tempfile.TemporaryDirectory() as folder:
        program = build_boot_sector(HERE / "map_hook.S", pathlib.Path(folder))
    hook, resident = program[:SECTOR_BYTES], program[SECTOR_BYTES:]
    table = b"".join(struct.pack("<QQII", base, end - base, kind, 1) for base, end, kind in entries)
    with open(copy_disk(path), "r+b") as disk:
        mbr = disk.read(SECTOR_BYTES)
        disk.seek(0)
        disk.write(hook[:PARTITION_TABLE.start] + mbr[PARTITION_TABLE])
        disk.seek(constant("REAL_MBR_LBA") * SECTOR_BYTES)
        disk.write(mbr + struct.pack("<H", len(entries)) + resident[2:] + table)
    return path
