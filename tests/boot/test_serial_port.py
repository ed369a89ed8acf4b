"""The console's serial port: the one that SPCR, DBG2 or the BIOS names, or that is there, gets all that is printed."""
import struct

import pytest

from machine import EXIT_SUCCESS
from report import Report

IO, MEMORY = 1, 0
SHARED_MEMORY = 0xfe000000  # where SeaBIOS puts the device that has it
BANNER = "Janus 0.1.0, a kernel that is one file\n"


def gas(space, address, width=8, access=1):
    return struct.pack("<BBBBQ", space, width, 0, access, address)


def spcr(registers, kind=0, baud=0):
    """The body of a table of revision 2: type, registers, no interrupt, speed (3: 9600, 7: 115200), no PCI device."""
    return struct.pack("<B3x12s6xB7xHH12x", kind, registers, baud, 0xffff, 0xffff)


def dbg2(registers):
    """One device, a 16550, without a name."""
    device = struct.pack("<BHBHHHHHHxxHH", 0, 39, 1, 1, 38, 0, 0, 0x8000, 0, 22, 34) + registers + struct.pack("<Ix", 8)
    return struct.pack("<II", 44, 1) + device


def table(path, signature, body):
    path.write_bytes(body)
    return ["-acpitable", f"sig={signature},data={path}"]


def ports(folder, *places):
    """UARTs at these I/O ports, each writing to a file of its name."""
    return [part for place in places for part in
            ("-chardev", f"file,id=c{place:x},path={folder / hex(place)}",
             "-device", f"isa-serial,iobase={place:#x},irq=3,chardev=c{place:x}")]


def sent(path):
    return path.read_bytes().decode().replace("\r\n", "\n").replace("\x1b[0m", "")


def expect_all(path, field):
    """This port got everything, from the first line to the last; and says which it is."""
    text = sent(path)
    report = Report(text)
    assert report.ends_well and report.field("serial") == field
    assert text.count(BANNER) == 1


def run(start, firmware, disk, *arguments):
    machine = start(firmware, disk, serial=False, arguments=arguments).wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS, machine.evidence()


def test_only_another_port(firmware, start, exit_disk, tmp_path):
    run(start, firmware, exit_disk, *ports(tmp_path, 0x2e8))
    expect_all(tmp_path / "0x2e8", f"COM4 at 0x2e8 ({'BIOS data area' if firmware == 'bios' else 'probe'})")


def test_spcr_names_another_port(firmware, start, exit_disk, tmp_path):
    """What COM1 had got until then stays there, and says where the rest is."""
    run(start, firmware, exit_disk, *ports(tmp_path, 0x3f8, 0x240),
        *table(tmp_path / "table", "SPCR", spcr(gas(IO, 0x240))))
    expect_all(tmp_path / "0x240", "port 0x240 (SPCR)")
    assert sent(tmp_path / "0x3f8").endswith(f"\n{BANNER}The console goes on at 0x240.\n")


@pytest.mark.parametrize("firmware", ["bios"], indirect=True, scope="module")
class TestBios:
    """What the firmware has no part in."""

    def test_dbg2_names_another_port(self, firmware, start, exit_disk, tmp_path):
        """SPCR goes first, where what it names is there."""
        run(start, firmware, exit_disk, *ports(tmp_path, 0x3f8, 0x240),
            *table(tmp_path / "spcr", "SPCR", spcr(gas(IO, 0x2f8))),
            *table(tmp_path / "dbg2", "DBG2", dbg2(gas(IO, 0x240))))
        expect_all(tmp_path / "0x240", "port 0x240 (DBG2); SPCR names a port where there is none")

    @pytest.mark.parametrize("baud, divisor", [(3, 12), (0, 1)], ids=["9600", "as-it-is"])
    def test_speed_is_the_tables(self, firmware, start, tmp_path, baud, divisor):
        """At another speed than it began with, COM1 gets everything anew. The divisor is the UART's own."""
        arguments = table(tmp_path / "table", "SPCR", spcr(gas(IO, 0x3f8), baud=baud))
        machine = start(firmware, arguments=arguments).wait_for_rest()
        assert b"\6serial" + struct.pack(">IIH", 0, 3, divisor) in machine.device_state()
        assert machine.serial().count(BANNER) == (1 if divisor == 1 else 2)
        assert machine.serial().endswith("\nJanus ready\n")

    @pytest.mark.parametrize("body, remark", [
        (spcr(gas(MEMORY, 0x9000000), kind=3), "SPCR names no 16550"),
        (spcr(gas(IO, 0)), None),
        (spcr(gas(IO, 0x64)), "SPCR names a port where there is none"),
        (spcr(gas(IO, 0x5000)), "SPCR names a port where there is none"),
        (spcr(gas(IO, 0x1f0)), "SPCR names a port where there is none"),
        (spcr(gas(MEMORY, 0x100000)), "SPCR names a port where there is none"),
        (spcr(gas(MEMORY, 0xfec00000, 32)), "SPCR names a port where there is none"),
        (spcr(gas(MEMORY, 1 << 62)), "SPCR names a port where there is none"),
        (b"\xff" * 44, "SPCR names no 16550"),
        (b"\0" * 7, None),
    ], ids=["pl011", "none", "keyboard", "nobody", "disk", "ram", "apic", "nowhere", "ones", "short"])
    def test_wrong_table_changes_nothing(self, firmware, start, exit_disk, tmp_path, body, remark):
        run(start, firmware, exit_disk, *ports(tmp_path, 0x3f8), *table(tmp_path / "table", "SPCR", body))
        expect_all(tmp_path / "0x3f8", "COM1 at 0x3f8 (BIOS data area)" + (f"; {remark}" if remark else ""))

    @pytest.mark.parametrize("stride", [1, 4])
    def test_registers_in_memory(self, firmware, start, exit_disk, tmp_path, stride):
        """Shared memory that says it is ready: what is written there are the registers and the last byte sent."""
        registers = bytearray(4096)
        registers[5 * stride] = 0x61
        (tmp_path / "registers").write_bytes(registers)
        machine = start(firmware, serial=False, arguments=[
            "-object", f"memory-backend-file,id=m,size=4096,share=on,mem-path={tmp_path / 'registers'}",
            "-device", "ivshmem-plain,memdev=m,addr=8",
            *table(tmp_path / "table", "SPCR", spcr(gas(MEMORY, SHARED_MEMORY, stride * 8, 0), kind=18))]).wait_for_rest()
        assert f"at {SHARED_MEMORY:#x} [" in machine.qmp.monitor("info pci")
        registers = (tmp_path / "registers").read_bytes()
        assert registers[0:8 * stride:stride] == b"\n\0\7\3\x0f\x61\0\xa5"
        assert f"serial     registers at {SHARED_MEMORY:#x} (SPCR)" in machine.vga_text()
