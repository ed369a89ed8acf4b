"""loaders.py - disks on which somebody else's boot loader starts the file: GRUB on either firmware, SYSLINUX, ISOLINUX.

Made without root: a copy of the disk image, the loader in place of ours, the file beside it under another name, its
bytes unchanged. What the loader is to do is built into it (GRUB) or lies on the disk (SYSLINUX).
"""
import hashlib
import pathlib
import shutil
import subprocess
import tempfile

from firmware_programs import build_efi_application
from images import FILE, FILE_ON_DISK, PARTITION_OFFSET, get, mtools, put

FILE_NAME = "JANUS.EFI"
GRUB_FOLDER = pathlib.Path("/usr/lib/grub")
MBR_CODE_BYTES = 440
SYSLINUX_FOLDER = pathlib.Path("/usr/lib/syslinux")
ISOLINUX = pathlib.Path("/usr/lib/ISOLINUX/isolinux.bin")

COMMON_MODULES = ["part_msdos", "fat", "boot", "linux", "multiboot", "multiboot2", "video"]
BIOS_MODULES = [*COMMON_MODULES, "biosdisk", "linux16", "vbe", "vga_text"]
UEFI_MODULES = [*COMMON_MODULES, "efi_gop", "linuxefi"]


def _run(*command):
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


def _grub_image(target, modules, script):
    """GRUB's core with these modules, which runs the script instead of asking anybody."""
    with tempfile.TemporaryDirectory() as folder:
        config, core = pathlib.Path(folder, "config"), pathlib.Path(folder, "core")
        config.write_text("set root=(hd0,msdos1)\n" + script + "\nboot\n")
        _run("grub-mkimage", "-O", target, "-d", GRUB_FOLDER / target, "-p", "/", "-c", config, "-o", core, *modules)
        return core.read_bytes()


def _with_file(disk):
    put(disk, FILE_NAME, FILE.read_bytes())
    mtools("mdel", disk, f"::/{FILE_ON_DISK}")
    return disk


def _put_mbr_code(disk, code):
    """Boot code in front of the partition table, which stays."""
    with open(disk, "r+b") as f:
        f.write(code[:MBR_CODE_BYTES])


def with_grub_bios(disk, script):
    """GRUB's own boot sector, and its core in the gap behind: at the place that both have built in."""
    core = _grub_image("i386-pc", BIOS_MODULES, script)
    assert len(core) < PARTITION_OFFSET - 512
    _put_mbr_code(disk, (GRUB_FOLDER / "i386-pc/boot.img").read_bytes())
    with open(disk, "r+b") as f:
        f.seek(512)
        f.write(core)
    return _with_file(disk)


def with_grub_uefi(disk, script):
    core = _grub_image("x86_64-efi", UEFI_MODULES, script)
    return put(_with_file(disk), FILE_ON_DISK, core)


def with_grub(firmware, disk, script):
    """A disk whose GRUB runs `script`, in which {} stands for the file, and boots."""
    return {"bios": with_grub_bios, "uefi": with_grub_uefi}[firmware](disk, script.format(f"/{FILE_NAME}"))


def _syslinux_config(words):
    return f"DEFAULT janus\nLABEL janus\n LINUX /{FILE_NAME}\n APPEND {words}\n".encode()


def with_syslinux(disk, words):
    put(_with_file(disk), "syslinux.cfg", _syslinux_config(words))
    _run("syslinux", "--offset", PARTITION_OFFSET, "--install", disk)
    _put_mbr_code(disk, (SYSLINUX_FOLDER / "mbr/mbr.bin").read_bytes())
    return disk


def isolinux_cd(path, words):
    """A CD from which ISOLINUX starts the file."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for source in ISOLINUX, SYSLINUX_FOLDER / "modules/bios/ldlinux.c32":
            shutil.copy(source, root)
        (root / FILE_NAME).write_bytes(FILE.read_bytes())
        (root / "isolinux.cfg").write_bytes(_syslinux_config(words))
        _run("xorriso", "-as", "mkisofs", "-b", ISOLINUX.name, "-no-emul-boot", "-boot-load-size", "4",
             "-boot-info-table", "-o", path, root)
    return path


def with_linux64(disk, words):
    """Our own loader for the one entry that no loader of the distribution's uses."""
    with tempfile.TemporaryDirectory() as folder:
        loader = build_efi_application("linux64.c", pathlib.Path(folder))
    put(_with_file(disk), "cmdline", words.encode() + b"\0")
    return put(disk, FILE_ON_DISK, loader)


def hash_on(disk):
    """SHA-256 of the file as it lies on a disk."""
    return hashlib.sha256(get(disk, FILE_NAME)).hexdigest()


def hash_on_cd(path):
    """The same for a CD, read by a program that knows its file system."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "file")
        _run("xorriso", "-osirrox", "on", "-indev", path, "-extract", f"/{FILE_NAME}", out)
        return hashlib.sha256(out.read_bytes()).hexdigest()
