"""From the network, no disk in the machine: PXE and iPXE over TFTP and HTTP, UEFI HTTP boot, and the server of
tests/network/, which starts either firmware with one file."""
import functools
import http.server
import os
import subprocess
import threading

import pytest

from images import FILE, build_id
from lan import ARCH_BIOS, ARCH_HTTP, ARCH_UEFI, OPTION_IPXE, lan, namespace_command
from lan_server import NETWORK, SERVER
from machine import EXIT_SUCCESS
from report import Report
from screen import BUILD

# The network card with iPXE in its ROM, as QEMU has it on either firmware; and without, for OVMF's own network boot.
IPXE_CARD = ["-device", "e1000,netdev=net,bootindex=0"]
PLAIN_CARD = ["-device", "virtio-net-pci,netdev=net,bootindex=0,romfile=", "-device", "virtio-rng-pci"]

# Option 175 with one feature in it, HTTP.
FROM_IPXE = bytes([OPTION_IPXE, 3, 19, 1, 1])

# OVMF tries PXE before HTTP, and the server answers both.
ONLY_HTTP = [word for version in ("IPv4", "IPv6")
             for word in ("-fw_cfg", f"name=opt/org.tianocore/{version}PXESupport,string=n")]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The folder as fill.sh leaves it."""
    folder = tmp_path_factory.mktemp("served")
    subprocess.run([NETWORK / "fill.sh", BUILD, folder], check=True)
    return folder


@pytest.fixture(scope="module")
def web(served):
    """The number of a port of this machine's own that gives away the folder."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=served)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def room(served, tmp_path_factory):
    """The network of tests/network/dnsmasq.conf."""
    command = namespace_command()
    if command is None:
        unable = pytest.fail if os.environ.get("CI") else pytest.skip
        unable("no network namespace and tap to be had: neither as root, nor by user namespaces, nor with sudo")
    with lan(command, served, tmp_path_factory.mktemp("lan")) as network:
        yield network


def user_net(folder, boot_file):
    """QEMU's own network, whose DHCP and TFTP server gives away the folder."""
    return ["-netdev", f"user,id=net,tftp={folder},bootfile={boot_file}"]


def report_of(machine, *, exits):
    """The report of this very file; after it the machine rests, or has ended through the word `exit`."""
    machine.wait_for_rest()
    assert machine.exit_code == (EXIT_SUCCESS if exits else None), machine.evidence()
    report = Report(machine.serial())
    assert report.ends_well and report.build_id == build_id()
    return report


def loader(report):
    return report.field("entered by").split(", loader ")[1].split(";")[0]


# QEMU's own network

def test_what_is_served_is_the_file(served):
    assert (served / "BOOTX64.EFI").read_bytes() == FILE.read_bytes()


def test_ipxe_starts_the_file_by_its_name(firmware, start, served):
    """The boot file of the DHCP answer is the kernel itself: iPXE sees what it is."""
    machine = start(firmware, attach="none", arguments=user_net(served, "BOOTX64.EFI") + IPXE_CARD)
    assert loader(report_of(machine, exits=False)).split()[0] == "iPXE"


def test_ipxe_starts_the_file_over_http(firmware, start, served, web):
    """On a BIOS by Multiboot, whose loaders put the name of the file before its words."""
    script, url = served / f"{firmware}.ipxe", f"http://10.0.2.2:{web}/BOOTX64.EFI"
    script.write_text(f"#!ipxe\nkernel {url} exit\nboot\n")
    machine = start(firmware, attach="none", arguments=user_net(served, script.name) + IPXE_CARD)
    assert report_of(machine, exits=True).field("command") == {"bios": f"{url} exit", "uefi": "exit"}[firmware]


def test_pxelinux_starts_the_file(start, served):
    default = served / "pxelinux.cfg/default"
    default.with_name("01-52-54-00-12-34-56").write_text(default.read_text() + "    APPEND exit\n")
    report = report_of(start("bios", attach="none", arguments=user_net(served, "pxelinux.0") + IPXE_CARD), exits=True)
    assert "PXELINUX" in loader(report)


def test_ovmf_starts_the_file_by_pxe(start, served):
    machine = start("uefi", attach="none", arguments=user_net(served, "BOOTX64.EFI") + PLAIN_CARD)
    assert loader(report_of(machine, exits=False)) == "firmware boot manager"


# The server of a room

@pytest.mark.parametrize("arch,options,boot_file", [
    (ARCH_BIOS, b"", "pxelinux.0"),
    (ARCH_UEFI, b"", "BOOTX64.EFI"),
    (ARCH_HTTP, b"", f"http://{SERVER}/BOOTX64.EFI"),
    (ARCH_BIOS, FROM_IPXE, "janus.ipxe"),
    (ARCH_UEFI, FROM_IPXE, "janus.ipxe"),
], ids=["bios", "uefi", "http", "ipxe-bios", "ipxe-uefi"])
def test_server_offers_what_the_firmware_can_start(room, arch, options, boot_file):
    offer = room.offer(arch, options)
    assert offer[0] == boot_file
    assert (offer.get(60) == b"HTTPClient") == (arch == ARCH_HTTP)


def start_in(room, start, firmware, arguments):
    return start(firmware, attach="none", descriptors=[room.tap],
                 arguments=["-netdev", f"tap,id=net,fd={room.tap}", *arguments])


def test_server_starts_a_bios(room, start):
    assert loader(report_of(start_in(room, start, "bios", IPXE_CARD), exits=False)).split()[0] == "iPXE"
    assert "sent /srv/tftp/BOOTX64.EFI" in room.log()


def test_server_starts_uefi(room, start):
    report_of(start_in(room, start, "uefi", PLAIN_CARD), exits=False)


def test_server_starts_uefi_over_http(room, start):
    report_of(start_in(room, start, "uefi", PLAIN_CARD + ONLY_HTTP), exits=False)
    assert '"GET /BOOTX64.EFI HTTP/1.1" 200' in room.log()
