"""Media: the CD as a CD and on a stick, the GPT disk; each with the file users get, on both routes."""
import struct
import subprocess

import pytest

from images import ELF, FILE, FILE_ON_DISK, copy_disk, remove
from machine import EXIT_SUCCESS
from report import Report
from test_failures import boot_error

ISO, GPT = ELF.parent / "janus.iso", ELF.parent / "janus-gpt.img"
GPT_PARTITION_OFFSET = 2048 * 512
BLOCK = 2048
LOADERS = {"bios": "BIOS, Linux 16-bit entry, loader Janus MBR;",
           "uefi": "UEFI 2.7, UEFI application, ExitBootServices at try 1, loader firmware boot manager;"}

# The CD in a drive of each kind, then its bytes on a disk and on a stick.
DRIVES = [("pc", "ide-cd"), ("q35", "ahci-cd"), ("pc", "ide"), ("q35", "usb-xhci")]


def iso_volume_offset(iso):
    with open(iso, "rb") as f:
        return struct.unpack_from("<I", f.read(512), 454)[0] * 512


def with_exit(medium, offset):
    """The word for the kernel, put on the volume that begins there; the file on it is the one that was built."""
    volume = f"{medium}@@{offset}"
    assert subprocess.check_output(["mcopy", "-i", volume, f"::/{FILE_ON_DISK}", "-"]) == FILE.read_bytes()
    subprocess.run(["mcopy", "-i", volume, "-", "::/janus.cfg"], input=b"exit\n", check=True)
    return medium


@pytest.fixture
def iso_copy(tmp_path):
    path = copy_disk(tmp_path / "janus.iso", ISO)
    yield path
    remove(path)


@pytest.fixture(scope="module")
def iso(tmp_path_factory):
    path = copy_disk(tmp_path_factory.mktemp("media") / "janus.iso", ISO)
    yield with_exit(path, iso_volume_offset(path))
    remove(path)


@pytest.fixture(scope="module")
def gpt(tmp_path_factory):
    path = copy_disk(tmp_path_factory.mktemp("media") / "janus-gpt.img", GPT)
    yield with_exit(path, GPT_PARTITION_OFFSET)
    remove(path)


def boots(firmware, machine):
    machine.wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS, machine.evidence()
    report = Report(machine.serial())
    assert report.ends_well and report.field("command") == "exit"
    assert report.field("entered by").startswith(LOADERS[firmware])


@pytest.mark.parametrize("machine,attach", DRIVES, ids=[attach for _, attach in DRIVES])
def test_cd_boots_from(firmware, start, iso, machine, attach):
    boots(firmware, start(firmware, iso, machine=machine, attach=attach))


def test_gpt_disk_boots(firmware, start, gpt):
    boots(firmware, start(firmware, gpt))


# What the BIOS route says of a CD that is not whole

def boot_image_offset(iso):
    """From the boot catalog, whose place the boot record tells."""
    with open(iso, "rb") as f:
        f.seek(17 * BLOCK + 0x47)
        f.seek(struct.unpack("<I", f.read(4))[0] * BLOCK + 32 + 8)
        return struct.unpack("<I", f.read(4))[0] * BLOCK


def test_cd_with_a_damaged_loader(start, iso_copy):
    with open(iso_copy, "r+b") as f:
        f.seek(boot_image_offset(iso_copy) + (ELF.parent / "el_torito.bin").stat().st_size +
               (ELF.parent / "loader.bin").stat().st_size - 1)
        f.write(b"x")
    assert boot_error(start("bios", iso_copy, attach="ide-cd")) == ("L", "00")


@pytest.mark.parametrize("end,letter", [("loader", "D"), ("volume", "R")])
def test_cd_that_ends_early(start, iso_copy, end, letter):
    """In the middle of the loader, and in the middle of the file."""
    ends = {"loader": boot_image_offset(iso_copy) + BLOCK, "volume": iso_volume_offset(iso_copy) + 300 * BLOCK}
    with open(iso_copy, "r+b") as f:
        f.truncate(ends[end])
    found, status = boot_error(start("bios", iso_copy, attach="ide-cd"))
    assert found == letter and status != "00"
