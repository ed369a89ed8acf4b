"""lan.py - a room's network with its server, cut off from every other: a network namespace of its own.

In it stands the interface that tests/network/dnsmasq.conf names, with the server's address; dnsmasq runs with that very
file, and a web server with the same folder. The interface is a tap: its other end, a file descriptor of frames,
comes back here, where a machine or a test is plugged in. The namespace also has a /srv of its own.

lan_server.py is the other side.
"""
import contextlib
import os
import pathlib
import select
import socket
import struct
import subprocess
import sys

from lan_server import HANG_SECONDS

SERVER_PROGRAM = pathlib.Path(__file__).with_name("lan_server.py")
ENVIRONMENT = {**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}

ARCH_BIOS, ARCH_UEFI, ARCH_HTTP = 0, 7, 16
OPTION_IPXE = 175


def _works(command):
    return subprocess.run(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0


def namespace_command():
    """The words before a command that give it a network and mounts of its own; None if nobody here may have them."""
    ways = [["unshare", "--net", "--mount"]] if os.geteuid() == 0 else \
           [["unshare", "--map-root-user", "--net", "--mount"], ["sudo", "-n", "unshare", "--net", "--mount"]]
    for way in ways:
        with contextlib.suppress(FileNotFoundError):
            if _works([*way, "ip", "tuntap", "add", "lan", "mode", "tap"]):
                return way
    return None


class Lan:
    """The network as a test sees it: `tap`, the other end of the server's interface, and what the server did."""

    def __init__(self, tap, log_path):
        self.tap, self._log_path = tap, log_path

    def log(self):
        """What dnsmasq and the web server say they did."""
        return self._log_path.read_text(errors="replace")

    def offer(self, arch, options=b""):
        """What the server offers to a PXE client of this architecture: DHCP options by number, 0 for the boot file."""
        transaction = os.urandom(4)
        for _ in range(HANG_SECONDS):
            os.write(self.tap, dhcp_discover(transaction, arch, options))
            while select.select([self.tap], [], [], 1)[0]:
                offer = dhcp_offer(os.read(self.tap, 65536), transaction)
                if offer:
                    return offer
        raise AssertionError(f"no DHCP offer\n{self.log()}")


@contextlib.contextmanager
def lan(command, served, folder):
    """The network with `served` as its /srv/tftp; `command` is namespace_command(). Ends with the block."""
    path, log_path = folder / "lan", folder / "server.log"
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.settimeout(HANG_SECONDS)
        listener.bind(str(path))
        listener.listen()
        log = stack.enter_context(open(log_path, "ab"))
        words = [*command, sys.executable, "-B", SERVER_PROGRAM, path, served, log_path]
        server = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  env=ENVIRONMENT)
        stack.callback(server.wait, HANG_SECONDS)
        connection = stack.enter_context(listener.accept()[0])  # closed, it ends the server
        connection.settimeout(HANG_SECONDS)
        tap = socket.recv_fds(connection, 1, 1)[1]
        assert tap, f"the server does not start\n{log_path.read_text()}"
        stack.callback(os.close, tap[0])
        yield Lan(tap[0], log_path)


def dhcp_discover(transaction, arch, options):
    """An Ethernet frame with a broadcast DHCPDISCOVER (RFC 2131) of a PXE client (RFC 4578)."""
    mac = bytes.fromhex("525400a50001")
    dhcp = struct.pack(">BBBB4sHH16x6s202x4s", 1, 1, 6, 0, transaction, 0, 0x8000, mac, b"\x63\x82\x53\x63")
    dhcp += bytes([53, 1, 1, 55, 3, 60, 66, 67, 93, 2]) + struct.pack(">H", arch) + options + b"\xff"
    udp = struct.pack(">HHHH", 68, 67, 8 + len(dhcp), 0) + dhcp
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes(4), b"\xff" * 4)
    total = sum(struct.unpack(">10H", ip))
    checksum = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return b"\xff" * 6 + mac + b"\x08\x00" + ip[:10] + struct.pack(">H", checksum) + ip[12:] + udp


def dhcp_offer(frame, transaction):
    """The options of this DHCPOFFER; None for any other frame."""
    dhcp = frame[42:]
    if frame[12:14] != b"\x08\x00" or frame[23] != 17 or frame[36:38] != b"\0\x44" or dhcp[4:8] != transaction:
        return None
    options, at = {0: dhcp[108:236].split(b"\0")[0].decode()}, 240
    while at + 1 < len(dhcp) and dhcp[at] != 255:
        options[dhcp[at]] = dhcp[at + 2:at + 2 + dhcp[at + 1]]
        at += 2 + dhcp[at + 1]
    options[0] = options.get(67, b"").rstrip(b"\0").decode() or options[0]
    return options if options.get(53) == b"\x02" else None
