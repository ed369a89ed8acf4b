#!/usr/bin/python3
"""Writes the kernel's symbol table as assembly: mksymbols.py < `nm janus.elf`.

One entry for each function in .text, sorted by address; the format is that of kernel/debug/symbols.h.
With empty input it writes a table without entries, for the first of the two links.
"""
import sys

IMAGE_BASE = 0xFFFFFFFF80000000


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


def main():
    table = functions(sys.stdin)
    names_at = 4 + 8 * len(table)
    offset = names_at
    print('\t.section .symbol_table, "a"')
    print(f"\t.long\t{len(table)}")
    for address, name in table:
        print(f"\t.long\t{address - IMAGE_BASE:#x}, {offset}")
        offset += len(name) + 1
    for _, name in table:
        print(f'\t.asciz\t"{name}"')
    print('\t.section .note.GNU-stack, "", @progbits')


main()
