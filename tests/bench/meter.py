"""meter.py - boots something under the meter (tests/bench/meter/) and tells what happens, with counted instructions.

The machine is the one of the boot tests, with virtual time that advances with instructions: 2^shift ns for each. At
an event it is held, figures that only QEMU has are added, and it goes on when the next event is asked for.
"""
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import select
import struct
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/boot"))

from machine import Machine  # noqa: E402
from screen import BUILD  # noqa: E402

PLUGIN = BUILD / "meter.so"
ENTRY_BYTES = 64
SECTOR_BYTES = 512
MACHINES = {"bios": "pc", "uefi": "q35"}  # with their own IDE and AHCI

# Two shifts, to tell waits from work. At shift 0 OVMF would poll a TPM that is not there for a minute.
SHIFTS = {"bios": (0, 3), "uefi": (3, 6)}

# A host that is busy is slow, and a large screen takes many stores; only a hang takes longer.
HANG_SECONDS = 600


@dataclasses.dataclass
class Subject:
    """What is booted: a disk, and how its signs of life look."""
    name: str
    route: str  # "bios" or "uefi"
    disk: pathlib.Path
    file: bytes  # what the firmware or the loader loads; under UEFI the PE file
    events: tuple  # the signs of life it gives, of "banner", "serial", "ready"
    banner: str = ""  # in VGA text memory
    ready: str = ""  # on COM1


class MeterError(Exception):
    """Nothing was measured."""


class MachineReset(MeterError):
    """The machine was reset before the event."""


def pe_entry(data):
    """Where a PE file's entry point lies in its page, and the bytes there."""
    pe, = struct.unpack_from("<I", data, 0x3c)
    num_sections, = struct.unpack_from("<H", data, pe + 6)
    optional_bytes, = struct.unpack_from("<H", data, pe + 20)
    entry, = struct.unpack_from("<I", data, pe + 24 + 16)
    for i in range(num_sections):
        size, rva, _, offset = struct.unpack_from("<IIII", data, pe + 24 + optional_bytes + 40 * i + 8)
        if rva <= entry < rva + size:
            return entry & 0xfff, data[offset + entry - rva:][:ENTRY_BYTES]
    return entry & 0xfff, data[entry:][:ENTRY_BYTES]


class Meter(Machine):
    """A measured run. `watches` are pairs of a name and an address; `loads` asks for loads of video memory to be
    counted, `calls` for an event at each call of the firmware, `profile` for counts by address."""

    def __init__(self, folder, subject, *, shift=None, watches=(), loads=False, calls=False, profile=False,
                 arguments=(), **options):
        if not PLUGIN.exists():
            raise MeterError(f"{PLUGIN} is not there: `make bench` and `make test` build it")
        shift = SHIFTS[subject.route][0] if shift is None else shift
        super().__init__(folder, subject.route, subject.disk, arguments=[
            *arguments, "-icount", f"shift={shift},sleep=off", "-rtc", "base=2024-01-01T00:00:00,clock=vm"],
            **{"machine": MACHINES[subject.route], "memory": "256M", **options})
        self._profile_path = self.folder / "profile"
        self._buffer = b""
        self._events, events = os.pipe()
        replies, self._replies = os.pipe()
        self.descriptors = [events, replies]
        self.environment["LD_PRELOAD"] = str(PLUGIN)
        words = [f"events={events}", f"replies={replies}", f"shift={shift}", f"serial={self.serial_path}",
                 f"banner={subject.banner}", f"ready={subject.ready}",
                 *(f"watch={name}:{address:x}" for name, address in watches)]
        if subject.route == "uefi":
            offset, code = pe_entry(subject.file)
            words.append(f"entry={offset:x}:{code.hex()}")
        if loads:
            words.append("loads=on")
        if calls:
            words.append("calls=on")
        if profile:
            words.append(f"profile={self._profile_path}")
        self.command += ["-plugin", ",".join([str(PLUGIN), *words])]

    def __enter__(self):
        super().__enter__()
        for descriptor in self.descriptors:
            os.close(descriptor)
        return self

    def __exit__(self, *error):
        super().__exit__(*error)
        os.close(self._events)
        os.close(self._replies)

    def _line(self):
        while b"\n" not in self._buffer:
            if not select.select([self._events], [], [], HANG_SECONDS)[0]:
                raise MeterError(f"nothing happens\n{self.evidence()}")
            data = os.read(self._events, 65536)
            if not data:
                self.exit_code = self.process.wait()
                kind = MachineReset if self.exit_code == 0 else MeterError
                raise kind(f"QEMU ended with {self.exit_code}\n{self.evidence()}")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def _disk_bytes(self):
        return sum(drive["stats"]["rd_bytes"] for drive in self.qmp.execute("query-blockstats")
                   if drive["device"] == "disk")

    def events(self):
        """Yields the events. Counts are of instructions since the subject's first, disk reads since power-on."""
        while True:
            event = json.loads(self._line())
            event["total"] = event["own"] + event["firmware"]
            event["disk_bytes"] = self._disk_bytes()
            yield event
            os.write(self._replies, b"g")

    def profile(self):
        """At an event: [(instructions, address, "own" or "firmware")] so far."""
        os.write(self._replies, b"p")
        self._line()
        rows = [line.split() for line in self._profile_path.read_text().splitlines()]
        return [(int(count), int(address, 16), owner) for count, address, owner in rows]


def measure(subject, until, **options):
    """One run, until all these events have come: {name: event}."""
    seen = {}
    with tempfile.TemporaryDirectory() as folder, Meter(folder, subject, **options) as meter:
        for event in meter.events():
            seen[event["event"]] = event
            if set(until) <= set(seen):
                return seen


def measure_steadily(runs, subject, until, **options):
    """The same of several runs, which must agree in every figure. They run side by side: the host does not matter."""
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        first, *others = pool.map(lambda _: measure(subject, until, **options), range(runs))
    for other in others:
        differences = [f"{name}: {first[name]} / {other.get(name)}" for name in first if first[name] != other.get(name)]
        if differences:
            raise MeterError("\n".join([f"{subject.name}, {subject.route}: runs differ", *differences]))
    return first
