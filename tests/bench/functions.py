"""functions.py - whose instruction that was: the names of Janus's functions by address, in every place they run at.

The kernel runs at the address it is linked at and, before the handoff, where the loader put it; the parts of the BIOS
route run at the addresses of legacy/realmode.h.
"""
import bisect
import re
import subprocess

from meter import BUILD, ROOT  # first: it finds the modules of tests/boot
from images import ELF, symbols


def code_symbols(path):
    """[(address, name)] of the functions of an object or program, by address."""
    lines = subprocess.check_output(["nm", "-n", path], text=True).splitlines()
    rows = [line.split() for line in lines]
    return [(int(row[0], 16), row[2]) for row in rows if len(row) == 3 and row[1] in "tTwW"]


def realmode(name):
    header = (ROOT / "legacy/realmode.h").read_text()
    return int(re.search(rf"#define {name}\s+(0x[0-9a-f]+)", header)[1], 16)


def bios_image_paddr():
    """Where the image's first byte would lie: the loader puts its protected-mode part, .text first, at 1 MiB."""
    names = symbols()
    return realmode("PROTECTED_PADDR") - (names["text_start"] - names["image_start"])


class Part:
    """A program that runs `offset` above the addresses it is linked at."""

    def __init__(self, name, path, offset):
        self.name = name
        found = code_symbols(path)
        self._addresses = [address + offset for address, _ in found]
        self._names = [name for _, name in found]

    def find(self, address):
        i = bisect.bisect_right(self._addresses, address) - 1
        return self._names[i] if i >= 0 else "?"


class Functions:
    """The functions of one boot, whose image lies at `image_paddr`."""

    def __init__(self, route, image_paddr):
        names = symbols()
        size = names["image_end"] - names["image_start"]
        self._parts = [(names["image_start"], names["image_end"], Part("kernel", ELF, 0)),
                       (names["late_text"], names["late_text_end"], Part("late", ELF, 0)),
                       (image_paddr, image_paddr + size, Part("early", ELF, image_paddr - names["image_start"]))]
        if route == "bios":
            mbr, loader, setup, end = map(realmode, ["MBR_PADDR", "LOADER_PADDR", "SETUP_PADDR", "CMDLINE_PADDR"])
            self._parts += [(mbr, loader, Part("mbr", BUILD / "mbr.elf", 0)),
                            (loader, setup, Part("loader", BUILD / "loader.elf", 0)),
                            (setup, end, Part("setup", BUILD / "setup.elf", setup))]

    def find(self, address):
        """(part, function)"""
        for base, end, part in self._parts:
            if base <= address < end:
                return part.name, part.find(address)
        return "elsewhere", f"{address:#x}"


def functions_of(object_name):
    """Names of the functions of one object of the build."""
    return {name for _, name in code_symbols(BUILD / object_name)}
