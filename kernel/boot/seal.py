#!/usr/bin/python3
"""Puts the CRC-32 of .text and .rodata into the file, to `image_crc32`, for the kernel: seal.py ELF FLAT OUTPUT."""
import struct
import subprocess
import sys
import zlib


def symbols(elf):
    lines = subprocess.run(["nm", elf], check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: int(address, 16) for address, _, name in (line.split() for line in lines)}


def main():
    elf, flat, output = sys.argv[1:]
    symbol = symbols(elf)
    rva = {name: address - symbol["image_start"] for name, address in symbol.items()}
    with open(flat, "rb") as f:
        data = bytearray(f.read())
    if len(data) != symbol["file_bytes"]:
        sys.exit(f"{flat}: {len(data)} bytes, but the linker script says {symbol['file_bytes']}")
    crc = zlib.crc32(data[rva["text_start"]:rva["rodata_end"]])
    struct.pack_into("<I", data, rva["image_crc32"], crc)
    with open(output, "wb") as f:
        f.write(data)


main()
