#!/usr/bin/python3
"""late_packed.py ELF ROOM OUT - packs the late part of a linked kernel (kernel/boot/late.h).

OUT gets the packed bytes, filled up with zeros to ROOM; with ROOM 0 as many zeros as there is to be room for: the
packed bytes differ a little once what follows the room has moved.
"""
import subprocess
import sys
import tempfile
import zlib

SLACK, UNIT = 128, 16


def late_part(elf):
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["objcopy", "-O", "binary", "-j", ".late_text", "-j", ".late_rodata", elf, file.name], check=True)
        return file.read()


def main(argv):
    if len(argv) != 4:
        sys.exit(__doc__)
    elf, room, out = argv[1], int(argv[2]), argv[3]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    packed = packer.compress(late_part(elf)) + packer.flush()
    if room == 0:
        packed = bytes(-(-(len(packed) + SLACK) // UNIT) * UNIT)
    elif len(packed) > room:
        sys.exit(f"{elf}: the late part is packed to {len(packed)} bytes, {room} were foreseen: raise SLACK")
    with open(out, "wb") as file:
        file.write(packed.ljust(room, b"\0"))


main(sys.argv)
