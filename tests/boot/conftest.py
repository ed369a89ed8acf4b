"""conftest.py - what boot tests start from: routes, disks, machines.

A test that takes `firmware` runs on both routes. Disks are copies of the image users get, or that image itself:
a Machine never writes to the disk it is given.
"""
import contextlib
import itertools

import pytest

from images import IMAGE, copy_disk, remove, with_cmdline
from machine import Machine


@pytest.fixture(scope="module", params=["bios", "uefi"])
def firmware(request):
    return request.param


@contextlib.contextmanager
def _machines(folder):
    """Starts machines, each in a folder of its own, and ends them all."""
    numbers = itertools.count()
    with contextlib.ExitStack() as stack:
        def start(route, disk=IMAGE, *, debug_console=False, **options):
            own = folder / f"machine{next(numbers)}"
            own.mkdir()
            machine = Machine(own, route, disk, **options)
            return stack.enter_context(machine.with_debug_console() if debug_console else machine)
        yield start


@pytest.fixture
def start(tmp_path):
    """start(route, disk=IMAGE, **options of Machine): a running machine that lasts as long as the test."""
    with _machines(tmp_path) as factory:
        yield factory


@pytest.fixture(scope="module")
def start_for_module(tmp_path_factory):
    """The same for all tests of a module that look at one machine."""
    with _machines(tmp_path_factory.mktemp("machines")) as factory:
        yield factory


@pytest.fixture
def disk_copy(tmp_path):
    """disk_copy(): a copy of the disk image to change, gone after the test."""
    numbers = itertools.count()
    copies = []

    def copy():
        copies.append(copy_disk(tmp_path / f"disk{next(numbers)}.img"))
        return copies[-1]
    yield copy
    for path in copies:
        remove(path)


@pytest.fixture(scope="session")
def disk_with(tmp_path_factory):
    """disk_with(words): the disk image with these words for the kernel; made once for each."""
    folder = tmp_path_factory.mktemp("disks")
    made = {}

    def disk(words):
        if words not in made:
            made[words] = with_cmdline(copy_disk(folder / f"{len(made)}.img"), words)
        return made[words]
    yield disk
    remove(folder)


@pytest.fixture(scope="session")
def exit_disk(disk_with):
    """The disk image with the one word that leaves QEMU after the report."""
    return disk_with("exit")
