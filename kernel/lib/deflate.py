#!/usr/bin/python3
"""deflate.py IN OUT - packs a file for kernel/lib/inflate.h: a raw DEFLATE stream (RFC 1951)."""
import sys
import zlib


def main(argv):
    if len(argv) != 3:
        sys.exit(__doc__)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    with open(argv[1], "rb") as file:
        packed = packer.compress(file.read()) + packer.flush()
    with open(argv[2], "wb") as file:
        file.write(packed)


main(sys.argv)
