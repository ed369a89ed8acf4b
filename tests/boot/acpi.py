"""acpi.py - a machine's ACPI tables, walked from the RSDP through physical memory (ACPI 6.5, 5.2)."""
import collections
import struct

HEADER = struct.Struct("<4sIBB6s8sI4sI")

# `revision` of a FACS is that at its own place, and its OEM is empty.
Table = collections.namedtuple("Table", "signature paddr length revision oem")


def is_sum_0(data):
    return sum(data) % 256 == 0


def read_rsdp(machine, paddr):
    """Revision, RSDT and XSDT of a sound RSDP."""
    data = machine.read_memory(paddr, 36)
    signature, revision, rsdt = struct.unpack_from("<8s7xBI", data)
    assert signature == b"RSD PTR " and is_sum_0(data[:20])
    if revision < 2:
        return revision, rsdt, 0
    length, xsdt = struct.unpack_from("<IQ", data, 20)
    assert length == 36 and is_sum_0(data)
    return revision, rsdt, xsdt


def read_table(machine, paddr):
    """A table's bytes."""
    return machine.read_memory(paddr, HEADER.unpack(machine.read_memory(paddr, HEADER.size))[1])


def describe(machine, paddr):
    data = read_table(machine, paddr)
    signature, length, revision, _, oem, *_ = HEADER.unpack(data[:HEADER.size])
    if signature == b"FACS":
        return Table("FACS", paddr, length, data[32], "")
    assert is_sum_0(data), signature
    return Table(signature.decode(), paddr, length, revision, oem.decode().rstrip())


def entries(machine, root):
    """What an RSDT or XSDT names."""
    data = read_table(machine, root)
    return [paddr for paddr, in struct.iter_unpack("<Q" if data[:4] == b"XSDT" else "<I", data[36:])]


def fadt_parts(data):
    """FACS and DSDT: by the 64-bit fields, or else the 32-bit ones."""
    facs, dsdt = struct.unpack_from("<II", data, 36)
    x_facs, x_dsdt = struct.unpack_from("<QQ", data, 132) if len(data) >= 148 else (0, 0)
    return [x_facs or facs, x_dsdt or dsdt]


def tables(machine, rsdp):
    """All of them: the root table, what it names, FACS and DSDT."""
    _, rsdt, xsdt = read_rsdp(machine, rsdp)
    found = [describe(machine, paddr) for paddr in [xsdt or rsdt, *entries(machine, xsdt or rsdt)]]
    fadt = next(table.paddr for table in found if table.signature == "FACP")
    return found + [describe(machine, paddr) for paddr in fadt_parts(read_table(machine, fadt))]
