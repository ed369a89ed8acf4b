#!/usr/bin/python3
"""Puts the sum that the PE format defines (Microsoft PE format, "CheckSum") into a file: pe_checksum.py FILE OUTPUT."""
import struct
import sys

CHECKSUM = 24 + 64  # behind the PE signature: file header, offset in the optional header


def checksum(data):
    """16-bit one's complement sum over the file, its checksum field as 0, plus the file's length."""
    total = sum(struct.unpack(f"<{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(data)


def main():
    path, output = sys.argv[1:]
    with open(path, "rb") as f:
        data = bytearray(f.read())
    if len(data) % 8:
        sys.exit(f"{path}: {len(data)} bytes, no multiple of 8: signing tools and firmware would disagree")
    at = struct.unpack_from("<I", data, 0x3C)[0] + CHECKSUM
    struct.pack_into("<I", data, at, 0)
    struct.pack_into("<I", data, at, checksum(data))
    with open(output, "wb") as f:
        f.write(data)


main()
