"""The symbol table: every function of the kernel, by its name, where it is."""
import subprocess

IMAGE_BASE = 0xFFFFFFFF80000000


def number(table, at):
    value = shift = 0
    while True:
        value |= (table[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if table[at - 1] < 0x80:
            return value, at


def expanded(table, code):
    if code < 0x80:
        return chr(code)
    return "".join(expanded(table, c) for c in table[2 * (code - 0x80):][:2])


def entries(table):
    """(address, name), read as kernel/debug/symbols.h has it."""
    at, address = 256, IMAGE_BASE
    while at < len(table):
        distance, at = number(table, at)
        address += distance
        end = table.index(0, at)
        yield address, "".join(expanded(table, code) for code in table[at:end])
        at = end + 1


def symbol_table(elf, symbols, folder):
    """Its bytes, as they are unpacked."""
    path = folder / "late_rodata"
    subprocess.check_call(["objcopy", "-O", "binary", "-j", ".late_rodata", elf, path])
    return path.read_bytes()[symbols["symbol_table"] - symbols["late_rodata"]:][
        :symbols["symbol_table_end"] - symbols["symbol_table"]]


def test_every_function_has_its_name(build, symbols, tmp_path):
    rows = [line.split() for line in subprocess.check_output(["nm", build / "janus.elf"], text=True).splitlines()]
    named = {}
    for address, kind, name in rows:
        if kind in "tTW":
            named.setdefault(int(address, 16), set()).add(name.split(".")[0])
    found = dict(entries(symbol_table(build / "janus.elf", symbols, tmp_path)))
    assert found.keys() == named.keys()
    assert all(found[address] in named[address] for address in found)
    assert len(found) > 100
