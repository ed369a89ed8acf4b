"""conftest.py - the file and the disk as bytes."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def build():
    """The folder of the build under test."""
    return pathlib.Path(os.environ.get("JANUS_BUILD", ROOT / "build"))


@pytest.fixture(scope="session")
def file(build):
    return (build / "BOOTX64.EFI").read_bytes()


@pytest.fixture(scope="session")
def symbols(build):
    """Relative addresses by name, from the ELF file."""
    lines = subprocess.check_output(["nm", build / "janus.elf"], text=True).splitlines()
    addresses = {name: int(address, 16) for address, _, name in map(str.split, lines)}
    return {name: address - addresses["image_start"] for name, address in addresses.items()}
