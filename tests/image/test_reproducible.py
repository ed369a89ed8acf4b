"""Reproducible: the same sources give the same bytes, wherever, whenever and by whomever they are built."""
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRODUCTS = ["BOOTX64.EFI", "BOOTIA32.EFI", "janus.elf", "janus.img", "janus-gpt.img", "janus.iso"]


def copy_sources(folder, time_stamp):
    """A copy of the tree, each file as old as told."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".git", "build", "__pycache__"))
    for path in folder.rglob("*"):
        os.utime(path, (time_stamp, time_stamp))


def build(folder, **settings):
    """Builds with the environment of a shell of its own."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **settings}
    done = subprocess.run(["make", "-C", folder, "all"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_builds_are_the_same(tmp_path):
    one, other = tmp_path / "a", tmp_path / "another_and_longer_name"
    copy_sources(one, 1_000_000_000)
    copy_sources(other, 1_700_000_000)
    build(one, TZ="UTC", LANG="C")
    build(other, TZ="Asia/Tokyo", LANG="de_DE.UTF-8", LC_ALL="de_DE.UTF-8", USER="somebody", MAKEFLAGS="-j3")
    for product in PRODUCTS:
        products = [one / "build" / product, other / "build" / product]
        same = subprocess.run(["cmp", *products], capture_output=True, text=True)
        assert same.returncode == 0, same.stdout + same.stderr
    shutil.rmtree(one)
    shutil.rmtree(other)
