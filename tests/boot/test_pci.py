"""PCI: the kernel's list is what QEMU says it has, behind bridges too, by ports and by ECAM."""
import re
import struct

import pytest

from images import symbols
from machine import EXIT_SUCCESS
from report import Report

# struct pci_function, as far as it is compared: segment, bus, device, function, vendor and device ID, class, subclass.
ROW = struct.Struct("<HBBBxHHBBxxxxxx")
DEVICES = {
    "pc": ["-device", "pci-bridge,id=outer,chassis_nr=1,addr=9", "-device", "pci-bridge,id=inner,chassis_nr=2,bus=outer,addr=4",
           "-device", "e1000,bus=outer,addr=5,romfile=", "-device", "e1000,bus=inner,addr=1f,romfile=",
           "-device", "virtio-rng-pci,addr=1e.0,multifunction=on", "-device", "virtio-rng-pci,addr=1e.6"],
    "q35": ["-device", "pcie-root-port,id=root,chassis=1,addr=9", "-device", "x3130-upstream,id=up,bus=root",
            "-device", "xio3130-downstream,id=down,bus=up,chassis=2", "-device", "e1000e,bus=down,romfile=",
            "-device", "virtio-rng-pci,addr=1e.0,multifunction=on", "-device", "virtio-rng-pci,addr=1e.6"],
}
HOW = {"pc": "by port 0xcf8", "q35": "by ECAM at 0xb0000000"}


def kernels_list(machine, report):
    """The kernel's list, out of its memory."""
    names = symbols()
    image = report.image_paddr - names["image_start"]
    count = int(re.match(r"\d+", report.field("pci"))[0])
    memory = machine.read_memory(image + names["functions"], count * ROW.size)
    return [(bus, device, function, vendor, product, class_ << 8 | subclass)
            for segment, bus, device, function, vendor, product, class_, subclass in ROW.iter_unpack(memory)
            if segment == 0]


def machines_list(buses):
    """QEMU's answer to query-pci, bridges followed."""
    for bus in buses:
        for f in bus["devices"]:
            yield (f["bus"], f["slot"], f["function"], f["id"]["vendor"], f["id"]["device"], f["class_info"]["class"])
            if "pci_bridge" in f:
                yield from machines_list([f["pci_bridge"]])


@pytest.mark.parametrize("chipset", ["pc", "q35"])
def test_list_is_the_machines(firmware, start, chipset):
    machine = start(firmware, machine=chipset, arguments=DEVICES[chipset]).wait_for_rest()
    report = Report(machine.serial())
    expected = sorted(machines_list(machine.qmp.execute("query-pci")))
    assert len({row[0] for row in expected}) >= 3, "no buses behind bridges"
    assert kernels_list(machine, report) == expected
    display = next(row for row in expected if row[5] >> 8 == 3)
    assert report.field("pci") == (f"{len(expected)} functions {HOW[chipset]}, display {display[3]:04x}:{display[4]:04x} "
                                   f"at {display[0]:02x}:{display[1]:02x}.{display[2]:x}")


def test_display_is_the_one_whose_memory_we_draw_in(start):
    """Two displays, of which the first has no framebuffer."""
    machine = start("uefi", display="virtio-gpu-pci,addr=4", arguments=["-device", "VGA,addr=6"]).wait_for_rest()
    report = Report(machine.serial())
    assert report.field("screen").split()[0] != "none"
    assert report.field("pci").endswith("display 1234:1111 at 00:06.0")


def write_mcfg(path, base):
    """A table of one range: segment 0, all buses, configuration space at `base`."""
    path.write_bytes(struct.pack("<8xQHBB4x", base, 0, 0, 255))
    return ["-acpitable", f"sig=MCFG,data={path}"]


@pytest.mark.parametrize("base, error", [(0x100000, "cannot be mapped"), (1 << 60, "cannot be mapped"),
                                         (0xfee00000, "cannot be mapped"), (0xfed00000, "is not what the ports show")],
                         ids=["ram", "nowhere", "apic", "hpet"])
@pytest.mark.parametrize("firmware", ["bios"], indirect=True, scope="module")
def test_wrong_mcfg_is_refused(firmware, start, disk_with, tmp_path, base, error):
    """The i440FX has no ECAM, whatever a table says."""
    machine = start(firmware, disk_with("test exit"), arguments=write_mcfg(tmp_path / "mcfg", base)).wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS
    assert Report(machine.serial()).field("pci").endswith(f" at 00:02.0; ECAM {error}")
