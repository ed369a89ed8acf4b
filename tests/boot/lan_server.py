"""lan_server.py SOCKET SERVED LOG - what stands in the network of lan.py, started in a namespace of its own.

Makes the interface, mounts SERVED where dnsmasq.conf says, starts both servers, and sends the other end of the
interface through SOCKET. Ends when that connection does. LOG is where its output goes.
"""
import fcntl
import functools
import http.server
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import threading
import time

NETWORK = pathlib.Path(__file__).resolve().parents[1] / "network"
CONFIG = NETWORK / "dnsmasq.conf"
SERVER = "192.168.77.1"
HANG_SECONDS = 60


def open_tap(name):
    """linux/if_tun.h: TUNSETIFF, with IFF_TAP | IFF_NO_PI."""
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1002))
    return tap


def run(*command):
    subprocess.run(list(map(str, command)), check=True)


def serve_http(folder):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    server = http.server.ThreadingHTTPServer((SERVER, 80), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def start_dnsmasq(log_path):
    """Running, as the log says; --no-daemon because a user namespace lets nobody change groups."""
    dnsmasq = subprocess.Popen(["dnsmasq", "--no-daemon", f"--conf-file={CONFIG}", "--log-dhcp", "--leasefile-ro"])
    deadline = time.monotonic() + HANG_SECONDS
    while "dnsmasq: started" not in log_path.read_text():
        if dnsmasq.poll() is not None or time.monotonic() > deadline:
            sys.exit("dnsmasq does not start")
        time.sleep(0.05)
    return dnsmasq


def serve(connection, served, log_path):
    interface = re.search(r"^interface=(\S+)$", CONFIG.read_text(), re.MULTILINE)[1]
    run("mount", "-t", "tmpfs", "srv", "/srv")
    os.mkdir("/srv/tftp")
    run("mount", "--bind", served, "/srv/tftp")
    tap = open_tap(interface)
    run("ip", "link", "set", "lo", "up")
    run("ip", "address", "add", f"{SERVER}/24", "dev", interface)
    run("ip", "link", "set", interface, "up")
    serve_http("/srv/tftp")
    dnsmasq = start_dnsmasq(log_path)
    socket.send_fds(connection, [b"\0"], [tap])
    connection.recv(1)  # until it is closed
    dnsmasq.terminate()
    dnsmasq.wait()


def main():
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(sys.argv[1])
        serve(connection, sys.argv[2], pathlib.Path(sys.argv[3]))


if __name__ == "__main__":
    main()
