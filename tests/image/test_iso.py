"""The CD as bytes: El Torito for BIOS and UEFI, an MBR for a USB stick, one FAT32 volume, the program once."""
import hashlib
import re
import struct
import subprocess

import pytest

SECTOR, BLOCK = 512, 2048
CODE_END = 440
LOADER_LBA, SYSTEM_AREA_BYTES = 34, 32768
BOOT_TABLE = slice(8, 64)  # in the boot image, filled by xorriso


@pytest.fixture(scope="session")
def iso(build):
    return build / "janus.iso"


@pytest.fixture(scope="session")
def data(iso):
    return iso.read_bytes()


@pytest.fixture(scope="session")
def partition(data):
    """The first entry of the MBR: status, type, first sector, number of sectors."""
    return struct.unpack_from("<B3xB3xII", data, 446)


def xorriso(iso, *arguments):
    done = subprocess.run(["xorriso", "-indev", iso, *arguments], check=True, capture_output=True, text=True)
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def boot_images(iso):
    """Platform, emulation, number of sectors to load, block."""
    rows = re.findall(r"boot img : +\d +(\w+) +y +(\w+) +0x0000 +0x00 +(\d+) +(\d+)",
                      xorriso(iso, "-report_el_torito", "plain"))
    return [(platform, emulation, int(count), int(block)) for platform, emulation, count, block in rows]


@pytest.fixture(scope="session")
def volume(data, partition, tmp_path_factory):
    path = tmp_path_factory.mktemp("iso") / "volume"
    path.write_bytes(data[partition[2] * SECTOR:])
    yield path
    path.unlink()


def test_xorriso_finds_it_sound(iso, data):
    text = xorriso(iso, "-check_media", "--")
    assert re.search(rf"Media region : +0 , +{len(data) // BLOCK} , \+ good", text), text


def test_boot_images(boot_images, partition):
    """The BIOS loads one block, whatever it makes of the number; UEFI takes all from the volume on."""
    bios, uefi = boot_images
    assert bios[:3] == ("BIOS", "none", 4)
    assert uefi == ("UEFI", "none", 0, partition[2] * SECTOR // BLOCK)


def test_iso_9660_volume_reaches_to_the_end(data):
    little, big = struct.unpack_from("<I", data, 16 * BLOCK + 80)[0], struct.unpack_from(">I", data, 16 * BLOCK + 84)[0]
    assert little == big == len(data) // BLOCK


def test_boot_image_is_ours(build, data, boot_images):
    ours = (build / "el_torito.bin").read_bytes() + (build / "loader.bin").read_bytes()
    at = boot_images[0][3] * BLOCK
    found = bytearray(data[at:at + len(ours)])
    assert struct.unpack_from("<II", found, 8) == (16, boot_images[0][3])
    assert len(found) % SECTOR == 0 and ours[BOOT_TABLE] == bytes(56)
    found[BOOT_TABLE] = bytes(56)
    assert found == ours


def test_mbr_has_our_code_and_one_active_entry(build, data, partition):
    assert data[:CODE_END] == (build / "mbr.bin").read_bytes()[:CODE_END]
    assert data[CODE_END:CODE_END + 4] != bytes(4) and data[510:512] == b"\x55\xaa"
    status, kind, lba, count = partition
    assert (status, kind, (lba + count) * SECTOR) == (0x80, 0x0C, len(data)) and lba % (BLOCK // SECTOR) == 0
    assert data[462:510] == bytes(48)


def test_loader_lies_in_the_system_area(build, data):
    loader = (build / "loader.bin").read_bytes()
    start, end = LOADER_LBA * SECTOR, LOADER_LBA * SECTOR + len(loader)
    assert data[start:end] == loader
    assert not any(data[SECTOR:start]) and not any(data[end:SYSTEM_AREA_BYTES])


def test_file_system_is_fat32_for_this_partition(data, partition):
    boot = data[partition[2] * SECTOR:][:SECTOR]
    assert boot[510:] == b"\x55\xaa" and boot[82:90] == b"FAT32   "
    assert struct.unpack_from("<II", boot, 28) == partition[2:]  # hidden sectors, all sectors
    reserved, num_fats, fat_sectors = struct.unpack_from("<HB", boot, 14) + struct.unpack_from("<I", boot, 36)
    assert (partition[3] - reserved - num_fats * fat_sectors) // boot[13] >= 65525


def test_file_system_is_sound(volume):
    checked = subprocess.run(["fsck.fat", "-n", volume], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_file_on_the_cd_is_the_file(volume, file):
    copy = subprocess.check_output(["mcopy", "-i", volume, "::/EFI/BOOT/BOOTX64.EFI", "-"])
    assert hashlib.sha256(copy).digest() == hashlib.sha256(file).digest()


def test_program_is_there_once(data, file):
    assert data.count(file[0x1000:0x2000]) == 1
