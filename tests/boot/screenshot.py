#!/usr/bin/python3
"""screenshot.py uefi|bios OUT.png [--size WxH] - boots the disk image and saves what it shows."""
import argparse
import tempfile

from images import IMAGE
from machine import Machine, panel
from screen import save_png


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("firmware", choices=["uefi", "bios"])
    parser.add_argument("output")
    parser.add_argument("--size", help="of the panel, under UEFI; OVMF's own choice is 1280x800")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        display = panel(args.size) if args.size else "VGA"
        with Machine(folder, args.firmware, IMAGE, machine="q35", memory="256M", display=display) as machine:
            machine.wait_for_serial("Janus ready").wait_for_rest()
            save_png(machine.picture(), args.output)


main()
