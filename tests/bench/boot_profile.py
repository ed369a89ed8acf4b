#!/usr/bin/python3
"""boot_profile.py bios|uefi - which functions and which calls of the firmware the instructions of a boot go to, up to
the banner and up to `Janus ready`. The count is that of the first character; where it goes is told when all of the
banner or of the line is out, some dozen instructions later.
"""
import collections
import re
import struct
import sys
import tempfile

from functions import Functions, bios_image_paddr
from janus import janus
from meter import Meter, MeterError

NUM_ROWS = 25
NUM_VECTORS = 256
TITLES = {"banner": "the first character", "ready": "`Janus ready`"}


class Calls:
    """Calls of the firmware: how often each, and the firmware's instructions until the next one."""

    def __init__(self, route):
        self._route = route
        self._open = None  # the name of the call that runs, and the firmware's count at its start
        self.counts = collections.Counter()
        self.instructions = collections.Counter()

    def _bios_name(self, meter, pc):
        """The vector whose handler begins at `pc`, and the function in AH."""
        vectors = struct.iter_unpack("<HH", meter.read_memory(0, 4 * NUM_VECTORS))
        vector = next((n for n, (offset, segment) in enumerate(vectors) if segment * 16 + offset == pc), None)
        if vector is None:
            return f"at {pc:#x}"
        ax = int(re.search(r"\bE?R?AX=([0-9a-f]+)", meter.registers_text())[1], 16) & 0xffff
        return f"INT {vector:02X}h, AX = {ax:04X}h" if 0x10 <= vector < 0x20 else f"interrupt {vector:02X}h"

    def begin(self, meter, event):
        self.end(event)
        name = self._bios_name(meter, event["pc"]) if self._route == "bios" else event["name"] or "interrupts, others"
        self._open = name, event["firmware"]
        self.counts[name] += 1

    def end(self, event):
        if self._open:
            self.instructions[self._open[0]] += event["firmware"] - self._open[1]
        self._open = None


def row(count, total, name):
    print(f"{count:>12,} {100 * count / total:5.1f} %  {name}")


def print_functions(profile, functions, total):
    counts = collections.Counter()
    for count, address, owner in profile:
        counts["{}: {}".format(*functions.find(address)) if owner == "own" else "the firmware"] += count
    for name, count in counts.most_common(NUM_ROWS):
        row(count, total, name)
    row(sum(count for _, count in counts.most_common()[NUM_ROWS:]), total, "all others")


def print_calls(calls, total):
    print("calls of the firmware")
    for name, count in calls.instructions.most_common():
        row(count, total, f"{name}, x {calls.counts[name]}")


def print_profile(route):
    calls = Calls(route)
    with tempfile.TemporaryDirectory() as folder, Meter(folder, janus(route), calls=True, profile=True) as meter:
        for event in meter.events():
            if event["event"] == "call":
                calls.begin(meter, event)
            if event["event"] not in TITLES:
                continue
            calls.end(event)
            title = TITLES[event["event"]]
            print(f"\n{route}: {event['total']:,} instructions to {title}, {event['own']:,} of them own")
            functions = Functions(route, event.get("image_paddr", bios_image_paddr()))
            print_functions(meter.profile(), functions, event["total"])
            print_calls(calls, event["total"])
            if event["event"] == "ready":
                return


if __name__ == "__main__":
    try:
        for argument in sys.argv[1:]:
            print_profile(argument)
    except MeterError as error:
        sys.exit(f"boot_profile: {error}")
