"""UEFI by other hands: whoever starts the file, it is the same file, its words arrive, the report says who it was."""
import pathlib
import re
import subprocess

import pytest

from images import FILE, FILE_ON_DISK, get, mtools, put
from machine import EXIT_SUCCESS
from report import Report

JANUS = "tools/janus.efi"
SYSTEMD_BOOT = pathlib.Path("/usr/lib/systemd/boot/efi/systemd-bootx64.efi")
GRUB_MODULES = ["fat", "part_msdos", "search", "search_fs_file", "chain", "boot", "normal"]


@pytest.fixture
def disk(disk_copy):
    """The file, under another name, elsewhere than where a firmware looks: somebody else has to start it."""
    disk = disk_copy()
    mtools("mmd", disk, "::/tools")
    mtools("mmove", disk, f"::/{FILE_ON_DISK}", f"::/{JANUS}")
    assert get(disk, JANUS) == FILE.read_bytes()
    return disk


def loader_of(machine, command="exit"):
    """Who started it, after it has ended well, with these words on its command line."""
    machine.wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS, machine.evidence()
    report = Report(machine.serial())
    assert report.ends_well and report.field("command") == command
    return re.match(r"UEFI 2\.\d, .*, loader (.*); image at", report.field("entered by"))[1]


def test_qemu_kernel(start):
    machine = start("uefi", attach="none", arguments=["-kernel", FILE, "-append", "exit"])
    assert loader_of(machine) == "QEMU -kernel"


@pytest.mark.parametrize("key", ["efi", "linux"])
def test_systemd_boot(start, disk, key):
    """An entry that starts an EFI program, and one that starts a Linux kernel."""
    put(disk, FILE_ON_DISK, SYSTEMD_BOOT.read_bytes())
    mtools("mmd", disk, "::/loader", "::/loader/entries")
    put(disk, "loader/loader.conf", b"timeout 0\ndefault janus.conf\n")
    put(disk, "loader/entries/janus.conf", f"title Janus\n{key} /{JANUS}\noptions exit\n".encode())
    loader = loader_of(start("uefi", disk))
    assert re.fullmatch(r"\\EFI\\BOOT\\BOOTX64\.EFI with LoaderInfo systemd-boot \d\S+", loader)


def test_grub_chainloader(start, disk, tmp_path):
    config, grub = tmp_path / "grub.cfg", tmp_path / "grub.efi"
    config.write_text(f"search --file --set=root /{JANUS}\nchainloader /{JANUS} exit\nboot\n")
    subprocess.run(["grub-mkimage", "-O", "x86_64-efi", "-c", config, "-p", "/", "-o", grub, *GRUB_MODULES], check=True)
    put(disk, FILE_ON_DISK, grub.read_bytes())
    assert loader_of(start("uefi", disk)).startswith(r"\EFI\BOOT\BOOTX64.EFI")


def test_shell_passes_arguments_on(start, disk):
    """Not the name of the file, with which the load options begin."""
    put(disk, "startup.nsh", b"fs0:\r\ncd tools\r\njanus exit \"two words\"\r\n")
    assert loader_of(start("uefi", disk), "exit two words") == "UEFI shell"
