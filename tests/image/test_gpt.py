"""The GPT disk as bytes: the same volume, loader and MBR code, under a partition table that sgdisk finds sound."""
import hashlib
import re
import struct
import subprocess

import pytest

SECTOR = 512
CODE_END = 440
PARTITION_LBA, LOADER_LBA = 2048, 34
ESP, BIOS_BOOT = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "21686148-6449-6E6F-744E-656564454649"


@pytest.fixture(scope="session")
def disk(build):
    return build / "janus-gpt.img"


@pytest.fixture(scope="session")
def volume_sectors(build):
    return (build / "janus.img").stat().st_size // SECTOR - PARTITION_LBA


def partition(disk, number):
    """GUID of the type, first and last sector."""
    text = subprocess.check_output(["sgdisk", "-i", str(number), disk], text=True)
    kind = re.search(r"GUID code: (\S+)", text)[1]
    return kind, *(int(re.search(rf"{which} sector: (\d+)", text)[1]) for which in ("First", "Last"))


def test_sgdisk_finds_it_sound(disk):
    done = subprocess.run(["sgdisk", "-v", disk], capture_output=True, text=True)
    assert done.returncode == 0 and "No problems found" in done.stdout, done.stdout + done.stderr


def test_system_partition_is_where_the_other_disk_has_its_own(disk, volume_sectors):
    assert partition(disk, 1) == (ESP, PARTITION_LBA, PARTITION_LBA + volume_sectors - 1)


def test_loader_has_a_partition(build, disk):
    """Or a tool would take its place for free."""
    assert partition(disk, 2) == (BIOS_BOOT, LOADER_LBA, PARTITION_LBA - 1)
    loader = (build / "loader.bin").read_bytes()
    with open(disk, "rb") as f:
        f.seek(LOADER_LBA * SECTOR)
        assert f.read(len(loader)) == loader


def test_mbr_is_protective_and_has_our_code(build, disk):
    with open(disk, "rb") as f:
        mbr = f.read(SECTOR)
    assert mbr[:CODE_END] == (build / "mbr.bin").read_bytes()[:CODE_END]
    status, kind, lba, count = struct.unpack_from("<B3xB3xII", mbr, 446)
    assert (status, kind, lba, (lba + count) * SECTOR) == (0, 0xEE, 1, disk.stat().st_size)
    assert mbr[462:510] == bytes(48) and mbr[510:] == b"\x55\xaa"


def test_volume_is_that_of_the_other_disk(build, disk, volume_sectors):
    first = str(PARTITION_LBA * SECTOR)
    done = subprocess.run(["cmp", "-n", str(volume_sectors * SECTOR), "-i", first, disk, build / "janus.img"])
    assert done.returncode == 0


def test_file_on_the_disk_is_the_file(disk, file):
    copy = subprocess.check_output(["mcopy", "-i", f"{disk}@@{PARTITION_LBA * SECTOR}", "::/EFI/BOOT/BOOTX64.EFI", "-"])
    assert hashlib.sha256(copy).digest() == hashlib.sha256(file).digest()
