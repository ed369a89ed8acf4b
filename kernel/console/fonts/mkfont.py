#!/usr/bin/python3
"""mkfont.py IN.psfu.gz REPERTOIRE OUT.psf - cut a console font down to a repertoire.

Reads a PSF1 or PSF2 font (gzip) with a Unicode table and writes a PSF2 font with one glyph per
code point of the repertoire that the font has, in ascending order, with its Unicode table.
The same input gives the same bytes. Format: kbd's psf.h; https://www.win.tue.nl/~aeb/linux/kbd/font-formats-1.html
"""

import gzip
import struct
import sys

PSF1_MAGIC = b"\x36\x04"
PSF1_MODE_512 = 0x01
PSF1_MODE_HAS_TABLE = 0x06
PSF1_SEPARATOR = 0xFFFF
PSF1_SEQUENCE = 0xFFFE

PSF2_MAGIC = b"\x72\xb5\x4a\x86"
PSF2_HAS_TABLE = 0x01
PSF2_SEPARATOR = b"\xff"
PSF2_SEQUENCE = b"\xfe"
PSF2_HEADER = struct.Struct("<4sIIIIIII")


class Font:
    """Glyph bitmaps by code point, all of one size."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.glyphs = {}

    def add(self, code, bitmap):
        self.glyphs.setdefault(code, bitmap)


def read_psf1(data):
    mode, height = data[2], data[3]
    if not mode & PSF1_MODE_HAS_TABLE:
        sys.exit("mkfont: the font has no Unicode table")
    count = 512 if mode & PSF1_MODE_512 else 256
    font = Font(8, height)
    table = 4 + count * height
    words = struct.unpack_from("<%dH" % ((len(data) - table) // 2), data, table)
    glyph, in_sequence = 0, False
    for word in words:
        if word == PSF1_SEPARATOR:
            glyph, in_sequence = glyph + 1, False
        elif word == PSF1_SEQUENCE:
            in_sequence = True
        elif not in_sequence:
            font.add(word, data[4 + glyph * height : 4 + (glyph + 1) * height])
    return font


def read_psf2(data):
    _, _, header, flags, count, size, height, width = PSF2_HEADER.unpack_from(data)
    if not flags & PSF2_HAS_TABLE:
        sys.exit("mkfont: the font has no Unicode table")
    font = Font(width, height)
    entries = data[header + count * size :].split(PSF2_SEPARATOR)
    for glyph, entry in enumerate(entries[:count]):
        bitmap = data[header + glyph * size : header + (glyph + 1) * size]
        for char in entry.split(PSF2_SEQUENCE)[0].decode("utf-8"):
            font.add(ord(char), bitmap)
    return font


def read_font(path):
    with gzip.open(path) as file:
        data = file.read()
    if data.startswith(PSF1_MAGIC):
        return read_psf1(data)
    if data.startswith(PSF2_MAGIC):
        return read_psf2(data)
    sys.exit("mkfont: %s is neither PSF1 nor PSF2" % path)


def read_repertoire(path, font):
    """Words `HEX`, `HEX-HEX` or `HEX=HEX` (drawn as that one if missing); from # on a comment."""
    codes = set()
    with open(path, encoding="utf-8") as file:
        for word in (word for line in file for word in line.split("#")[0].split()):
            wanted, _, substitute = word.partition("=")
            first, _, last = wanted.partition("-")
            codes.update(range(int(first, 16), int(last or first, 16) + 1))
            if substitute and int(substitute, 16) in font.glyphs:
                font.add(int(wanted, 16), font.glyphs[int(substitute, 16)])
    return sorted(code for code in codes if code in font.glyphs)


def write_font(path, font, codes):
    size = font.height * ((font.width + 7) // 8)
    header = PSF2_HEADER.pack(
        PSF2_MAGIC, 0, PSF2_HEADER.size, PSF2_HAS_TABLE, len(codes), size, font.height, font.width
    )
    bitmaps = b"".join(font.glyphs[code] for code in codes)
    table = b"".join(chr(code).encode("utf-8") + PSF2_SEPARATOR for code in codes)
    with open(path, "wb") as file:
        file.write(header + bitmaps + table)


def main(argv):
    if len(argv) != 4:
        sys.exit(__doc__)
    font = read_font(argv[1])
    codes = read_repertoire(argv[2], font)
    if not codes:
        sys.exit("mkfont: the font has no glyph of the repertoire")
    write_font(argv[3], font, codes)


main(sys.argv)
