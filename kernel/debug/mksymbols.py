#!/usr/bin/python3
"""Writes the kernel's symbol table as assembly: mksymbols.py < `nm janus.elf`.

One entry for each function in .text, sorted by address; the format is that of kernel/debug/symbols.h: names are
packed by byte pair encoding. With empty input it writes a table without entries, for the first of the two links.
"""
import collections
import sys

IMAGE_BASE = 0xFFFFFFFF80000000
FIRST_PAIR, NUM_PAIRS = 0x80, 0x80


def functions(lines):
    """Address to name, for text symbols; of several names at one address the first in the alphabet."""
    found = {}
    for line in lines:
        fields = line.split()
        if len(fields) != 3 or fields[1] not in "tTW":
            continue
        address, name = int(fields[0], 16), fields[2].split(".")[0]  # without the compiler's .constprop.0
        if name < found.get(address, "\x7f"):
            found[address] = name
    return sorted(found.items())


def replace(name, pair, code):
    """The codes of a name with each occurrence of the pair made one code."""
    out = []
    for c in name:
        if out and (out[-1], c) == pair:
            out[-1] = code
        else:
            out.append(c)
    return out


def pack(names):
    """The names as lists of codes, and what each code from FIRST_PAIR on stands for: the commonest pair each time."""
    names, pairs = [list(name.encode("ascii")) for name in names], []
    while len(pairs) < NUM_PAIRS:
        counts = collections.Counter(pair for name in names for pair in zip(name, name[1:]))
        pair, count = max(counts.items(), key=lambda item: (item[1], item[0]), default=((0, 0), 0))
        if count < 3:  # no gain
            break
        names = [replace(name, pair, FIRST_PAIR + len(pairs)) for name in names]
        pairs.append(pair)
    return names, pairs + [(0, 0)] * (NUM_PAIRS - len(pairs))


def number(value):
    """Seven bits a byte, the lowest first, bit 7 set if more follow."""
    out = []
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return out + [value]


def main():
    table = functions(sys.stdin)
    names, pairs = pack([name for _, name in table])
    print('\t.section .symbol_table, "a"')
    for pair in pairs:
        print("\t.byte\t%d, %d" % pair)
    last = IMAGE_BASE
    for (address, name), codes in zip(table, names):
        print("\t.byte\t" + ", ".join(map(str, number(address - last) + codes + [0])) + f"\t/* {name} */")
        last = address
    print('\t.section .note.GNU-stack, "", @progbits')


main()
