#!/usr/bin/python3
"""pack.py IN OUT - pack a file for kernel/lib/unpack.h.

Units of two bytes, as rows of a 16-pixel glyph are. A byte n < 128 is followed by n + 1 units as they are, a byte
n >= 128 by one unit that stands n - 126 times. A file of odd length gets a 0 behind it.
"""
import sys

MAX_LITERAL, MIN_REPEAT, MAX_REPEAT = 128, 2, 129


def units_of(data):
    data += bytes(len(data) % 2)
    return [data[i:i + 2] for i in range(0, len(data), 2)]


def repeats(units, at):
    """How often the unit stands side by side from there on."""
    n = 1
    while n < MAX_REPEAT and at + n < len(units) and units[at + n] == units[at]:
        n += 1
    return n


def pack(units):
    packed, literal, at = bytearray(), [], 0

    def flush():
        if literal:
            packed.append(len(literal) - 1)
            packed.extend(b"".join(literal))
            literal.clear()

    while at < len(units):
        n = repeats(units, at)
        if n >= MIN_REPEAT:
            flush()
            packed.append(n + 126)
            packed.extend(units[at])
        else:
            literal.append(units[at])
            if len(literal) == MAX_LITERAL:
                flush()
        at += n
    flush()
    return packed


def main(argv):
    if len(argv) != 3:
        sys.exit(__doc__)
    with open(argv[1], "rb") as file:
        data = file.read()
    with open(argv[2], "wb") as file:
        file.write(pack(units_of(data)))


main(sys.argv)
