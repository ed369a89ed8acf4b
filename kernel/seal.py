#!/usr/bin/python3
"""Puts the two checksums into the file: seal.py ELF FLAT OUTPUT.

The CRC-32 of .text and .rodata goes to `image_crc32`, which the kernel compares at boot; then the sum that
the PE format defines (Microsoft PE format, "CheckSum") goes to the optional header.
"""
import struct
import subprocess
import sys
import zlib


def symbols(elf):
    lines = subprocess.run(["nm", elf], check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: int(address, 16) for address, _, name in (line.split() for line in lines)}


def pe_checksum(data):
    """16-bit one's complement sum over the file, its checksum field as 0, plus the file's length."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"<{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(data)


def main():
    elf, flat, output = sys.argv[1:]
    symbol = symbols(elf)
    rva = {name: address - symbol["image_start"] for name, address in symbol.items()}
    with open(flat, "rb") as f:
        data = bytearray(f.read())
    if len(data) != rva["data_raw_end"]:
        sys.exit(f"{flat}: {len(data)} bytes, but the linker script says {rva['data_raw_end']}")
    crc = zlib.crc32(data[rva["text_start"]:rva["rodata_end"]])
    struct.pack_into("<I", data, rva["image_crc32"], crc)
    struct.pack_into("<I", data, rva["pe_checksum"], 0)
    struct.pack_into("<I", data, rva["pe_checksum"], pe_checksum(bytes(data)))
    with open(output, "wb") as f:
        f.write(data)


main()
