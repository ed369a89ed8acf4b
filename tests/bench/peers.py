"""peers.py - what Janus is compared with: GRUB and memtest86+, as Debian packages them, on disks like ours.

GRUB is given every advantage: a core image with the fewest modules that can start a kernel, its script inside it, no
menu, no timeout, and the smallest kernel there can be. memtest86+ is started by each firmware itself, as Janus is.
"""
import pathlib
import subprocess

from meter import SECTOR_BYTES, Subject  # first: it finds the modules of tests/boot
from firmware_programs import run
from images import FILE_ON_DISK, copy_disk, put

HERE = pathlib.Path(__file__).parent
MBR_CODE_BYTES = 440

# What must be there, by Debian's names.
PACKAGES = {
    "grub-common": "/usr/bin/grub-mkimage",
    "grub-pc-bin": "/usr/lib/grub/i386-pc/boot.img",
    "grub-efi-amd64-bin": "/usr/lib/grub/x86_64-efi/multiboot2.mod",
    "memtest86+": "/boot/memtest86+x64.efi",
}
MEMTEST_ISO = pathlib.Path("/usr/lib/memtest86+/memtest86+x64.iso")
MEMTEST_EFI = pathlib.Path("/boot/memtest86+x64.efi")
GRUB_SCRIPT = "multiboot2 ({disk})/peer_kernel\nboot\n"


def missing_packages():
    return [package for package, path in PACKAGES.items() if not pathlib.Path(path).exists()]


def version(package):
    """The upstream part of a package's version."""
    text = subprocess.check_output(["dpkg-query", "-W", "-f", "${Version}", package], text=True)
    return text.split("-")[0].split("+")[0]


def build_kernel(folder, *flags):
    object_path, kernel = folder / "peer_kernel.o", folder / "peer_kernel"
    run("gcc", "-m32", *flags, "-c", HERE / "peer_kernel.S", "-o", object_path)
    run("ld", "-m", "elf_i386", "-n", "-z", "noexecstack", "-Ttext", "0x100000", "-e", "start", "-s", "-o", kernel,
        object_path)
    return kernel.read_bytes()


def build_grub(folder, platform, disk, *modules):
    """A core image that starts the kernel from this disk, and nothing else."""
    script, core = folder / "grub.cfg", folder / "grub"
    script.write_text(GRUB_SCRIPT.format(disk=disk))
    run("grub-mkimage", "-O", platform, "-c", script, "-p", "/", "-o", core, "part_msdos", "fat", "multiboot2", "boot",
        *modules)
    return core.read_bytes()


def grub_bios(folder):
    """GRUB's boot sector in the MBR, its core from the next sector on, as its defaults want them."""
    kernel = build_kernel(folder)
    core = build_grub(folder, "i386-pc", "hd0,msdos1", "biosdisk")
    disk = put(copy_disk(folder / "grub-bios.img"), "peer_kernel", kernel)
    with open(disk, "r+b") as f:
        f.write(pathlib.Path("/usr/lib/grub/i386-pc/boot.img").read_bytes()[:MBR_CODE_BYTES])
        f.seek(SECTOR_BYTES)
        f.write(core)
    return Subject(f"GRUB {version('grub-common')}", "bios", disk, core, ("banner", "serial"), banner="Peer kernel")


def grub_uefi(folder):
    kernel = build_kernel(folder, "-DFRAMEBUFFER")
    core = build_grub(folder, "x86_64-efi", "hd0,msdos1", "efi_gop")
    disk = put(copy_disk(folder / "grub-uefi.img"), "peer_kernel", kernel)
    return Subject(f"GRUB {version('grub-common')}", "uefi", put(disk, FILE_ON_DISK, core), core,
                   ("banner", "serial"))


def memtest_bios(folder):
    """Its image for CDs is one for disks as well."""
    del folder
    number = version("memtest86+")
    return Subject(f"memtest86+ {number}", "bios", MEMTEST_ISO, MEMTEST_ISO.read_bytes(), ("banner",),
                   banner=f"v{number}")


def memtest_uefi(folder):
    file = MEMTEST_EFI.read_bytes()
    disk = put(copy_disk(folder / "memtest-uefi.img"), FILE_ON_DISK, file)
    return Subject(f"memtest86+ {version('memtest86+')}", "uefi", disk, file, ("banner",))


PEERS = {"bios": [grub_bios, memtest_bios], "uefi": [grub_uefi, memtest_uefi]}
