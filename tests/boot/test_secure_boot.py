"""Secure Boot: `make sign` signs; unsigned is refused, signed starts, by every other route as well; the report says so."""
import pathlib
import struct
import subprocess

import pytest

from images import FILE, FILE_ON_DISK, IMAGE, put, with_cmdline
from loaders import FILE_NAME, with_grub
from machine import EXIT_SUCCESS, ROOT
from report import Report
from screen import BUILD

# Debian's key for tests, enrolled in OVMF's "snakeoil" variables, and the password it is kept under.
SNAKEOIL = pathlib.Path("/usr/share/ovmf")
PASSWORD = "snakeoil"

CHECKSUM = 24 + 64  # in the optional header, from the PE signature on
CERTIFICATES = {0x20B: 24 + 112 + 4 * 8, 0x10B: 24 + 96 + 4 * 8}  # directory entry, by the header's magic


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """The key without its password, and its certificate."""
    plain = tmp_path_factory.mktemp("key") / "key.pem"
    subprocess.run(["openssl", "rsa", "-in", SNAKEOIL / "PkKek-1-snakeoil.key", "-passin", f"pass:{PASSWORD}", "-out",
                    plain], check=True, capture_output=True)
    return plain, SNAKEOIL / "PkKek-1-snakeoil.pem"


def make_sign(*arguments):
    """Runs `make sign` on the build under test as it is."""
    return subprocess.run(["make", "-s", "-C", ROOT, "-o", "all", f"BUILD={BUILD}", "sign", *arguments],
                          capture_output=True, text=True)


@pytest.fixture(scope="module")
def signed(key):
    """The folder that `make sign` makes."""
    assert make_sign(f"KEY={key[0]}", f"CERT={key[1]}").returncode == 0
    return BUILD / "signed"


@pytest.fixture
def signed_disk(signed, disk_copy):
    """The signed disk with the word that leaves QEMU after the report."""
    disk = disk_copy()
    subprocess.run(["cp", "--sparse=always", signed / "janus.img", disk], check=True)
    return with_cmdline(disk, "exit")


def boots(machine):
    machine.wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS, machine.evidence()
    report = Report(machine.serial())
    assert report.ends_well and report.field("build id").endswith(", image intact")
    return report


# The files

def pe_checksum(data, at):
    total = 0
    for offset in range(0, len(data), 2):
        if offset not in (at, at + 2):
            total += data[offset] | data[offset + 1] << 8
            total = (total & 0xFFFF) + (total >> 16)
    return total + len(data)


@pytest.mark.parametrize("name", ["BOOTX64.EFI", "BOOTIA32.EFI"])
def test_signature_is_appended(signed, name):
    """But for the checksum, which is right again, and the entry of the certificates the file is as it was."""
    plain, data = (bytearray((folder / name).read_bytes()) for folder in (BUILD, signed))
    pe = struct.unpack_from("<I", data, 0x3C)[0]
    entry = pe + CERTIFICATES[struct.unpack_from("<H", data, pe + 24)[0]]
    offset, size = struct.unpack_from("<II", data, entry)
    assert (offset, offset + size) == (len(plain), len(data))
    assert struct.unpack_from("<I", data, pe + CHECKSUM)[0] == pe_checksum(data, pe + CHECKSUM)
    for at, length in (pe + CHECKSUM, 4), (entry, 8):
        plain[at:at + length] = data[at:at + length]
    assert data[:len(plain)] == plain


@pytest.mark.parametrize("name", ["BOOTX64.EFI", "BOOTIA32.EFI"])
def test_signature_is_accepted(signed, key, name):
    """And no longer, when a bit of the file is another."""
    assert subprocess.run(["sbverify", "--cert", key[1], signed / name], capture_output=True).returncode == 0
    data = bytearray((signed / name).read_bytes())
    data[0x1100] ^= 1
    changed = key[0].parent / name
    changed.write_bytes(data)
    assert subprocess.run(["sbverify", "--cert", key[1], changed], capture_output=True).returncode != 0


def test_signing_asks_for_key_and_certificate():
    done = make_sign()
    assert done.returncode != 0 and "usage: make sign KEY=FILE CERT=FILE" in done.stderr


# With Secure Boot on

@pytest.mark.parametrize("firmware", ["secure", "ia32-secure"])
def test_unsigned_disk_is_refused(start, firmware):
    machine = start(firmware, IMAGE).wait_for_serial(": Access Denied\n")
    assert "BdsDxe: failed to load Boot0001 " in machine.serial()
    assert "Janus" not in machine.serial()


@pytest.mark.parametrize("firmware", ["secure", "ia32-secure"])
def test_signed_disk_starts(start, firmware, signed_disk):
    assert boots(start(firmware, signed_disk)).field("firmware").endswith(" Secure Boot on")


def test_signed_loader_starts_nothing_unsigned(start, signed_disk):
    """BOOTIA32.EFI reads the file itself, so it must ask what the firmware would ask."""
    put(signed_disk, FILE_ON_DISK, FILE.read_bytes())
    machine = start("ia32-secure", signed_disk).wait_for_serial("BdsDxe: failed to start Boot0001")
    assert "Janus: Secure Boot is on and does not allow \\EFI\\BOOT\\BOOTX64.EFI: EFI_ACCESS_DENIED\n" in machine.serial()
    assert "Janus ready" not in machine.serial()


# Without

STATES = {"bios": "no Secure Boot (not UEFI)", "uefi": "Secure Boot off (setup mode)"}


def test_signed_disk_starts_without_secure_boot(start, firmware, signed_disk):
    assert boots(start(firmware, signed_disk)).field("firmware").endswith(STATES[firmware])


def test_signed_file_starts_by_qemus_loader(start, firmware, signed):
    kernel = ["-kernel", str(signed / "BOOTX64.EFI"), "-append", "exit"]
    assert boots(start(firmware, IMAGE, attach="none", arguments=kernel)).field("firmware").endswith(STATES[firmware])


@pytest.mark.parametrize("command", ["linux", "multiboot", "multiboot2"])
def test_signed_file_starts_by_grub(start, signed, disk_copy, command):
    disk = with_grub("bios", disk_copy(), command + " {} exit")
    put(disk, FILE_NAME, (signed / "BOOTX64.EFI").read_bytes())
    assert " loader GRUB" in boots(start("bios", disk)).field("entered by")
