"""The disk as bytes: master boot record, loader in the gap, one sound FAT32 partition with the file."""
import hashlib
import struct
import subprocess

import pytest

SECTOR = 512
PARTITION_LBA = 2048
LOADER_LBA = 34
LOADER_MAGIC = 0x52444C4A
CODE_END = 440  # the disk signature follows, then the partition table


@pytest.fixture(scope="session")
def disk(build):
    return build / "janus.img"


@pytest.fixture(scope="session")
def mbr(disk):
    with open(disk, "rb") as f:
        return f.read(SECTOR)


@pytest.fixture(scope="session")
def gap(disk):
    """From behind the MBR to the partition."""
    with open(disk, "rb") as f:
        return f.read(PARTITION_LBA * SECTOR)


@pytest.fixture(scope="session")
def partition(mbr):
    """The first entry: status, type, first sector, number of sectors."""
    return struct.unpack_from("<B3xB3xII", mbr, 446)


def test_mbr_is_what_was_assembled(build, mbr):
    assembled = (build / "mbr.bin").read_bytes()
    assert len(assembled) == SECTOR
    assert mbr[:CODE_END] == assembled[:CODE_END]
    assert assembled[CODE_END:510] == bytes(510 - CODE_END)


def test_mbr_spares_what_others_write_to(mbr):
    """BIOSes write into the parameter block, Windows 9x into 0xda: no code there, and a jump over it."""
    assert mbr[0] == 0xEB and 2 + mbr[1] >= 0x5A
    assert mbr[0x24:0x5A] == bytes(0x5A - 0x24)
    assert mbr[0xDA:0xE0] == bytes(6)
    bytes_per_sector, sectors, heads = struct.unpack_from("<H11xHH", mbr, 0x0B)
    assert (bytes_per_sector, sectors, heads) == (512, 18, 2)


def test_partition_table_has_one_active_entry(mbr, disk, partition):
    assert mbr[510:] == b"\x55\xaa"
    assert mbr[446 + 16:510] == bytes(48)
    status, kind, lba, count = partition
    assert (status, kind, lba) == (0x80, 0x0C, PARTITION_LBA)
    assert (lba + count) * SECTOR == disk.stat().st_size


def test_addresses_by_cylinder_agree(mbr, partition):
    """First and last sector in the old notation, of a disk of 255 heads and 63 sectors."""
    for at, lba in (447, partition[2]), (451, partition[2] + partition[3] - 1):
        head, sector, cylinder = mbr[at], mbr[at + 1] & 63, mbr[at + 2] | (mbr[at + 1] & 0xC0) << 2
        assert (cylinder * 255 + head) * 63 + sector - 1 == lba


def test_disk_has_a_signature(mbr):
    assert mbr[440:444] != bytes(4) and mbr[444:446] == bytes(2)


def test_loader_lies_in_the_gap(build, gap):
    """Behind a partition table of the newer kind, too, and marked at both ends; nothing else is there."""
    loader = (build / "loader.bin").read_bytes()
    start, end = LOADER_LBA * SECTOR, LOADER_LBA * SECTOR + len(loader)
    assert len(loader) % SECTOR == 0 and end <= len(gap)
    assert gap[start:end] == loader
    assert [struct.unpack_from("<I", loader, at)[0] for at in (2, len(loader) - 4)] == [LOADER_MAGIC] * 2
    assert not any(gap[SECTOR:start]) and not any(gap[end:])


def test_file_system_is_fat32_for_this_partition(disk, partition):
    with open(disk, "rb") as f:
        f.seek(PARTITION_LBA * SECTOR)
        boot = f.read(SECTOR)
    assert boot[510:] == b"\x55\xaa" and boot[82:90] == b"FAT32   "
    assert struct.unpack_from("<I", boot, 28)[0] == PARTITION_LBA  # hidden sectors
    assert struct.unpack_from("<I", boot, 32)[0] == partition[3]
    reserved, num_fats, fat_sectors = struct.unpack_from("<HB", boot, 14) + struct.unpack_from("<I", boot, 36)
    assert (partition[3] - reserved - num_fats * fat_sectors) // boot[13] >= 65525


def test_file_system_is_sound(disk, tmp_path):
    volume = tmp_path / "volume"
    subprocess.run(["dd", f"if={disk}", f"of={volume}", f"skip={PARTITION_LBA}", "conv=sparse", "status=none"],
                   check=True)
    checked = subprocess.run(["fsck.fat", "-n", volume], capture_output=True, text=True)
    volume.unlink()
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("name", ["BOOTX64.EFI", "BOOTIA32.EFI"])
def test_files_on_the_disk_are_the_files(disk, build, name):
    copy = subprocess.check_output(["mcopy", "-i", f"{disk}@@{PARTITION_LBA * SECTOR}", f"::/EFI/BOOT/{name}", "-"])
    assert hashlib.sha256(copy).digest() == hashlib.sha256((build / name).read_bytes()).digest()
