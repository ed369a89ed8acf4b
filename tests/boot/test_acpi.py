"""ACPI tables: what the report says of them is what lies in memory, and what is wrong with them is named."""
import re
import struct

import pytest

from acpi import HEADER, entries, read_rsdp, read_table, tables
from gdbstub import gdb_stub, stub_arguments
from images import symbols
from machine import EXIT_SUCCESS
from report import Report

LENGTH, CHECKSUM = 4, 9
FADT_DSDT, MADT_ENTRIES = 40, 44

ROW = re.compile(r"^(.{4}) ([0-9a-f]{16}) +(\d+) bytes, revision +(\d+), (.{6}) (.+)$")

def rows_of(serial):
    """The lines of the word `acpi`: (signature, address, length, revision, OEM, what is wrong)."""
    rows = filter(None, map(ROW.match, serial.splitlines()))
    return [(row[1].strip(), int(row[2], 16), int(row[3]), int(row[4]), row[5].strip(), row[6]) for row in rows]


def rsdp_of(report):
    return int(re.match(r"ACPI \S+ RSDP at 0x([0-9a-f]+), ", report.field("tables"))[1], 16)


def names_of(report):
    """The root table and the names that follow it."""
    root, names = re.search(r", ([RX]SDT): ([^,]+),", report.field("tables")).groups()
    return root, names.split()


@pytest.fixture(scope="module", params=["pc", "q35"])
def machine(request, firmware, start_for_module, disk_with, tmp_path_factory):
    """q35 with more: an SPCR whose body is one byte, a table that nobody knows, two nodes."""
    body = tmp_path_factory.mktemp("acpi") / "body"
    body.write_bytes(b"\xff")
    more = [word for name in ("SPCR", "OEM1") for word in ("-acpitable", f"sig={name},data={body}")]
    more += [word for n in (0, 1) for word in ("-object", f"memory-backend-ram,id=m{n},size=64M",
                                               "-numa", f"node,memdev=m{n},cpus={n}")]
    options = {"cpus": 2, "arguments": more} if request.param == "q35" else {}
    return start_for_module(firmware, disk_with("acpi"), machine=request.param, **options).wait_for_rest()


def test_list_is_what_lies_in_memory(machine):
    report = Report(machine.serial())
    found = tables(machine, rsdp_of(report))
    assert rows_of(machine.serial()) == [(*table, "sound") for table in found]
    assert len(found) >= 7


def test_report_names_them_in_order(machine):
    """And says nothing more, but how many nodes there are if there are two."""
    report = Report(machine.serial())
    found = tables(machine, rsdp_of(report))
    assert names_of(report) == (found[0].signature, [table.signature for table in found[1:]])
    revision = read_rsdp(machine, rsdp_of(report))[0]
    assert report.field("tables").startswith("ACPI 2.0+ " if revision >= 2 else "ACPI 1.0 ")
    has_nodes = "SRAT" in names_of(report)[1]
    assert has_nodes == ("OEM1" in names_of(report)[1])
    assert re.search(r"[A-Z0-9], 2 NUMA nodes, SMBIOS" if has_nodes else "[A-Z0-9], SMBIOS", report.field("tables"))
    assert report.field("tables").count(",") == 2 + has_nodes


@pytest.mark.parametrize("firmware", ["bios"], indirect=True, scope="module")
def test_machine_without_acpi(firmware, start, disk_with):
    done = start(firmware, disk_with("acpi exit"), machine="pc,acpi=off").wait_for_rest()
    report = Report(done.serial())
    assert done.exit_code == EXIT_SUCCESS
    assert report.field("tables").startswith("no ACPI, ")
    assert rows_of(done.serial()) == []


class Stopped:
    """A machine that stands where the kernel begins to read its tables: to be changed before a byte is read."""

    def __init__(self, machine, stub):
        self.machine, self.stub = machine, stub
        stub.run_until(symbols()["acpi_tables_init"])
        self.rsdt, self.xsdt = struct.unpack("<8xQQ", stub.read_virtual(machine.register("RDI"), 24))

    def find(self, signature):
        """The address of the first table of this name."""
        return next(paddr for paddr in entries(self.machine, self.xsdt or self.rsdt)
                    if self.machine.read_memory(paddr, 4).decode() == signature)

    def change(self, paddr, changes, is_sum_right=True):
        """Bytes of a table at offsets, and its checksum."""
        data = bytearray(read_table(self.machine, paddr))
        for at, new in changes.items():
            data[at:at + len(new)] = new
        data[CHECKSUM] = (data[CHECKSUM] - sum(data) + (not is_sum_right)) % 256
        self.stub.write_physical(paddr, bytes(data))


@pytest.fixture
def broken(start, disk_with, tmp_path):
    """broken(firmware, machine, change): what was printed by a machine whose tables change(Stopped) has changed."""
    def run(firmware, machine, change):
        path = tmp_path / "gdb"
        machine = start(firmware, disk_with("acpi exit"), machine=machine, arguments=stub_arguments(path))
        with gdb_stub(path) as stub:
            change(Stopped(machine, stub))
        machine.wait_for_rest()
        assert machine.exit_code == EXIT_SUCCESS, machine.evidence()
        return machine
    return run


def errors_of(serial):
    return [(row[0], row[5]) for row in rows_of(serial) if row[5] != "sound"]


def test_tables_that_lie(broken):
    def change(stopped):
        stopped.change(stopped.find("HPET"), {}, is_sum_right=False)
        stopped.change(stopped.find("WAET"), {LENGTH: struct.pack("<I", 35)})
        stopped.change(stopped.find("FACP"), {FADT_DSDT: struct.pack("<I", 0xFEE00000)})
        stopped.change(stopped.find("APIC"), {MADT_ENTRIES + 1: b"\0"})
    serial = broken("bios", "pc", change).serial()
    report = Report(serial)
    assert names_of(report) == ("RSDT", ["FACP", "APIC", "FACS"])
    assert errors_of(serial) == [("HPET", "wrong checksum"), ("WAET", "wrong length"), ("", "outside the memory map")]
    text = report.field("tables")
    assert re.search(r", HPET at 0x[0-9a-f]+: wrong checksum, WAET at 0x[0-9a-f]+: wrong length, "
                     r"table at 0xfee00000: outside the memory map, APIC: an entry of it has no length, ", text)


def test_entries_that_lie(broken):
    def change(stopped):
        first, *rest = entries(stopped.machine, stopped.xsdt)
        wild = [0, stopped.xsdt, first, 1 << 51, (1 << 64) - 1]
        assert len(rest) >= len(wild)
        stopped.change(stopped.xsdt, {HEADER.size + 8: struct.pack("<5Q", *wild)})
    rows = rows_of(broken("uefi", "q35", change).serial())
    assert [row[0] for row in rows[:2]] == ["XSDT", "FACP"]
    assert [row[5] for row in rows[2:7]] == ["an entry of 0", "listed twice", "listed twice", "outside the memory map",
                                            "outside the memory map"]
    assert [row[0] for row in rows[-2:]] == ["FACS", "DSDT"] and {row[5] for row in rows[-2:]} == {"sound"}


def test_rsdt_is_taken_where_the_xsdt_lies(broken):
    machine = broken("uefi", "q35", lambda stopped: stopped.change(stopped.xsdt, {}, is_sum_right=False))
    report, serial = Report(machine.serial()), machine.serial()
    assert errors_of(serial) == [("XSDT", "wrong checksum")]
    assert names_of(report)[0] == "RSDT" and {"FACP", "APIC", "DSDT"} < set(names_of(report)[1])
    assert re.search(r", XSDT at 0x[0-9a-f]+: wrong checksum, ", report.field("tables"))
