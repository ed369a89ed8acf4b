"""machine.py - one run of QEMU.

A Machine is a context manager: it starts QEMU with private copies of everything that can be written and ends
it, by its own process handle, when the block is left. What a test wants to know is read from the machine:
its serial port, its memory, its picture, its registers, its exit code. Nothing here measures time; HANG_SECONDS
only turns a machine that will never come to rest into a failure.
"""
import os
import pathlib
import re
import socket
import subprocess
import time

from qmp import Qmp
from screen import read_cp437

HANG_SECONDS = 180
ROOT = pathlib.Path(__file__).resolve().parents[2]

EXIT_SUCCESS, EXIT_PANIC, EXIT_DAMAGED, EXIT_TESTS = 33, 35, 37, 39

# The ways a disk can be attached; {} stands for options of the disk itself.
ATTACHMENTS = {
    "none": [],
    "ide": ["-device", "ide-hd,drive=disk,bootindex=0"],
    "ahci": ["-device", "ich9-ahci,id=ahci", "-device", "ide-hd,bus=ahci.0,drive=disk,bootindex=0"],
    "virtio": ["-device", "virtio-blk-pci,drive=disk,bootindex=0"],
    "nvme": ["-device", "nvme,serial=janus,drive=disk,bootindex=0"],
    "usb-xhci": ["-device", "qemu-xhci", "-device", "usb-storage,drive=disk,bootindex=0"],
    "usb-ehci": ["-device", "usb-ehci", "-device", "usb-storage,drive=disk,bootindex=0"],
    "ide-cd": ["-device", "ide-cd,drive=disk,bootindex=0"],
    "ahci-cd": ["-device", "ich9-ahci,id=ahci", "-device", "ide-cd,bus=ahci.0,drive=disk,bootindex=0"],
}

ANSI_SEQUENCE = re.compile(r"\x1b\[[0-9;=?]*[A-Za-z]")


# Firmware that keeps its variables where only SMM can write.
SMM_FIRMWARE = ["secure", "ia32", "ia32-secure"]
SMM_MACHINE = "q35,smm=on"


def ovmf_drives(variant="uefi"):
    """A variant of OVMF: its code, and its variables as a snapshot: what is written to them is gone with the machine."""
    code, variables = subprocess.check_output(["sh", ROOT / "ovmf/ovmf.sh", variant], text=True).split()
    guard = ["-global", "driver=cfi.pflash01,property=secure,value=on"] if variant in SMM_FIRMWARE else []
    return ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
            "-drive", f"if=pflash,unit=1,format=raw,snapshot=on,file={variables}", *guard]


def panel(size):
    """A VGA with a panel of this size, told by its EDID; at 30 Hz the largest fit in there."""
    width, height = size.split("x")
    return f"VGA,vgamem_mb=64,xres={width},yres={height},refresh_rate=30000"


class Machine:
    """
    One QEMU run. `disk` is the path of a raw image, which is never written, or the options of a -drive; `firmware`
    is bios or a variant of OVMF. `descriptors` are file descriptors that the arguments name. `typing`: what is sent
    by type() comes in over the serial port.
    """

    def __init__(self, folder, firmware, disk, *, machine=None, memory="128M", cpu="qemu64", cpus=1,
                 display="VGA", attach="ide", serial=True, typing=False, arguments=(), descriptors=()):
        self.folder = pathlib.Path(folder)
        self.descriptors = descriptors
        self.typing = typing
        self.serial_path = self.folder / "serial"
        self.debug_path = self.folder / "debugcon"
        self.exit_code = None
        machine = machine or (SMM_MACHINE if firmware in SMM_FIRMWARE else "pc")
        drive = disk if isinstance(disk, str) else f"file={disk},format=raw,snapshot=on"
        self.command = [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", f"{machine},accel=tcg", "-m", memory, "-cpu", cpu, "-smp", str(cpus),
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
            "-drive", f"if=none,id=disk,{drive}", *ATTACHMENTS[attach],
            *(["-device", display] if display else []),
            *(["-serial", "none"] if not serial else ["-serial", "stdio"] if typing else
              ["-serial", f"file:{self.serial_path}"]),
            *([] if firmware == "bios" else ovmf_drives(firmware)),
            *arguments]
        self.environment = {**os.environ, "TMPDIR": str(self.folder)}

    def __enter__(self):
        ours, theirs = socket.socketpair()
        ours.settimeout(HANG_SECONDS)
        qmp = ["-chardev", f"socket,id=qmp,fd={theirs.fileno()}", "-mon", "chardev=qmp,mode=control"]
        with open(self.folder / "qemu.log", "wb") as log, open(self.serial_path, "wb") as line:
            self.process = subprocess.Popen(
                self.command + qmp, pass_fds=[theirs.fileno(), *self.descriptors],
                stdin=subprocess.PIPE if self.typing else subprocess.DEVNULL,
                stdout=line if self.typing else log, stderr=log, env=self.environment)
        theirs.close()
        self._socket = ours
        self.qmp = self._alive(lambda: Qmp(ours))
        assert self.qmp, f"QEMU does not start\n{self.evidence()}"
        return self

    def __exit__(self, *_):
        self._socket.close()
        if self.typing:
            self.process.stdin.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for large in ("memory", "devices", "picture.ppm"):
            (self.folder / large).unlink(missing_ok=True)

    def _alive(self, action):
        """The result of `action`; None, and exit_code set, if QEMU ends in the middle of it."""
        try:
            return action()
        except (ConnectionError, ValueError):
            self.exit_code = self.process.wait(HANG_SECONDS)
            return None

    # Waiting

    def wait_until(self, what, condition):
        """Returns when condition() is true; fails when it never becomes so."""
        deadline = time.monotonic() + HANG_SECONDS
        while not condition():
            if self.exit_code is not None:
                raise AssertionError(f"QEMU ended with {self.exit_code} before: {what}\n{self.evidence()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"never happened: {what}\n{self.evidence()}")
            time.sleep(0.05)

    def wait_for_rest(self):
        """Until QEMU has ended by itself or its first CPU is halted with interrupts off: nothing wakes that up."""
        self.wait_until("the machine comes to rest", lambda: self.is_halted() or not self.is_running())
        return self

    def wait_for_serial(self, text):
        self.wait_until(f"serial port: {text!r}", lambda: self.is_running() and text in self.serial())
        return self

    def is_running(self):
        """False, and exit_code set, if QEMU has ended."""
        if self.exit_code is None:
            self.exit_code = self.process.poll()
        return self.exit_code is None

    def is_halted(self):
        text = self.registers_text()
        return text is not None and "HLT=1" in text and not int(re.search(r"FL=([0-9a-f]+)", text)[1], 16) & 0x200

    def wait_for_event(self, name):
        """The data of QEMU's event of that name; fails if QEMU ends without it."""
        data = self._alive(lambda: self.qmp.wait_for_event(name))
        assert data is not None, f"no event {name}\n{self.evidence()}"
        return data

    # What is done to it

    def type(self, data):
        """Bytes that come in over the serial port, with typing=True."""
        self.process.stdin.write(data)
        self.process.stdin.flush()
        return self

    def press(self, *keys):
        """Keys of the keyboard, held down together; by the names of QEMU's QKeyCode."""
        self.qmp.execute("send-key", keys=[{"type": "qcode", "data": key} for key in keys])
        return self

    # What the machine did

    def serial(self):
        """Everything on COM1 so far, escape sequences left out, lines ended by \\n."""
        text = self.serial_path.read_bytes().decode("utf-8", "replace") if self.serial_path.exists() else ""
        return ANSI_SEQUENCE.sub("", text).replace("\r", "")

    def debug_console(self):
        """Everything written to the debug port, with DEBUG_CONSOLE among the arguments."""
        return self.debug_path.read_text(errors="replace") if self.debug_path.exists() else ""

    def with_debug_console(self):
        """Adds a debug port at 0x402. Before the start."""
        self.command += ["-chardev", f"file,id=debug,path={self.debug_path}",
                         "-device", "isa-debugcon,iobase=0x402,chardev=debug"]
        return self

    def registers_text(self):
        return self._alive(lambda: self.qmp.monitor("info registers"))

    def register(self, name):
        """A register by the name QEMU prints, as CR0 or EFER."""
        return int(re.search(rf"\b{name}\s*=([0-9a-f]+)", self.registers_text())[1], 16)

    def read_memory(self, paddr, size):
        path = self.folder / "memory"
        self.qmp.execute("pmemsave", val=paddr, size=size, filename=str(path))
        return path.read_bytes()

    def vga_text(self):
        """The 25 rows of text in VGA memory."""
        return read_cp437(self.read_memory(0xb8000, 80 * 25 * 2))

    def picture(self):
        """Path of a picture of the screen (PPM: QEMU 7.2's PNG swaps red and blue)."""
        path = self.folder / "picture.ppm"
        self.qmp.execute("screendump", filename=str(path))
        return path

    def device_state(self):
        """The state of CPUs and devices as QEMU would migrate it, big-endian."""
        path = self.folder / "devices"
        self.qmp.execute("xen-save-devices-state", filename=str(path))
        return path.read_bytes()

    def evidence(self):
        """For messages: the end of what was said."""
        log = (self.folder / "qemu.log").read_text(errors="replace")
        return f"--- QEMU\n{log}--- serial\n{self.serial()[-3000:]}--- debug port\n{self.debug_console()[-1000:]}"
