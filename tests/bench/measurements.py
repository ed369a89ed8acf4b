"""measurements.py - what is measured. Every function gives figures as they go into build/bench.json.

The first parameter of most is the number of runs, which must agree.
"""
import pathlib
import subprocess
import tempfile

import map_disk
from functions import Functions, bios_image_paddr, functions_of
from janus import janus
from meter import SECTOR_BYTES, SHIFTS, MachineReset, Meter, MeterError, measure_steadily
from images import FILE, copy_disk, symbols, with_cmdline
from machine import panel

PACKAGES = ["qemu-system-x86", "seabios", "ovmf"]
SCREENS = {"VGA text": ("bios", "VGA"), "1280x800": ("uefi", panel("1280x800")),
           "3840x2160": ("uefi", panel("3840x2160"))}
MAP_ENTRIES = [16, 64, 256, 1024, 2048]
CPUS = ["qemu64,+pdpe1gb", "qemu64"]

# The least, and the most that a CPU with 40 address bits leaves room for beside the devices.
MEMORY = {"bios": ("1G", "1000G"), "uefi": ("1G", "970G")}


def packages():
    """{package: version} of what the counts depend on besides Janus."""
    def version(package):
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
        return done.stdout or "unknown"
    return {package: version(package) for package in PACKAGES}


def other_sectors(subject, event):
    """Sectors read besides those of the file itself."""
    return event["disk_bytes"] // SECTOR_BYTES - -(-len(subject.file) // SECTOR_BYTES)


def boot(runs, subject):
    """{event: figures} at the first of the route's shifts."""
    events = measure_steadily(runs, subject, subject.events)
    figures = {name: events[name] for name in subject.events}
    if subject.name == "Janus":
        for event in figures.values():
            event["other_sectors"] = other_sectors(subject, event)
    return figures


def waits(runs, subject, figures):
    """
    Instructions to the banner that are waits for a time to pass. Such a wait takes N instructions at a shift, N / 8 at
    one larger by 3, as an instruction then takes 8 times as long. Below 0: more interrupts came in the longer time.
    """
    slow = measure_steadily(runs, subject, ["banner"], shift=SHIFTS[subject.route][1])["banner"]
    return {key: (figures["banner"][key] - slow[key]) * 8 // 7 for key in ("total", "own", "firmware")}


def scroll(runs, screen, num_lines, serial=False):
    """What printing this many lines takes the kernel, until they are all on the screen."""
    route, display = SCREENS[screen]
    names = symbols()
    watches = [("first", names["scroll_run"]), ("last", names["report_speed"])]
    with tempfile.TemporaryDirectory() as folder:
        disk = with_cmdline(copy_disk(pathlib.Path(folder) / "scroll.img"), f"scroll={num_lines}")
        events = measure_steadily(runs, janus(route, disk), ["watch first", "watch last"], watches=watches, loads=True,
                                  display=display, serial=serial)
    first, last = events["watch first"], events["watch last"]
    return {"lines": num_lines,
            **{key: last[key] - first[key] for key in ("total", "own", "video_stores", "video_loads")}}


def _normalise_once(folder, disk):
    """Adding: the functions of memory_map.c until it is normalised. Normalising: everything until handoff goes on."""
    early = bios_image_paddr() - symbols()["image_start"]
    watches = [("begin", symbols()["memory_map_normalise"] + early), ("end", symbols()["memory_map_largest"] + early)]
    functions = Functions("bios", bios_image_paddr())
    adding = functions_of("kernel/memory/memory_map.o")
    with Meter(folder, janus("bios", disk), memory=map_disk.MEMORY, watches=watches, profile=True) as meter:
        for event in meter.events():
            if event["event"] == "watch begin":
                begin = event
                added = sum(count for count, address, owner in meter.profile()
                            if owner == "own" and functions.find(address) in [("early", name) for name in adding])
            elif event["event"] == "watch end":
                normalised = event["own"] - begin["own"]
            elif event["event"] == "ready":
                return added + normalised, meter.serial()


def memory_map(runs, num_entries):
    """Instructions to take and normalise a shuffled map of this many entries; None if that resets the machine."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        entries = map_disk.shuffled_map(map_disk.bios_map(folder), num_entries)
        disk = map_disk.map_disk(folder / "map.img", entries)
        try:
            results = {_normalise_once(folder, disk) for _ in range(runs)}
        except MachineReset:
            return None
    if len(results) != 1:
        raise MeterError(f"map of {num_entries} entries: runs differ")
    count, serial = results.pop()
    if f"memory     {num_entries} entries from E820" not in serial:
        raise MeterError(f"map of {num_entries} entries: the kernel was given another\n{serial}")
    return count


def memory_size(runs, route, cpu, memory):
    """Instructions to the banner and to the end of the report with this much RAM, which the host need not have."""
    backend = ["-object", f"memory-backend-ram,id=pc.ram,size={memory},reserve=off",
               "-machine", "memory-backend=pc.ram"]
    events = measure_steadily(runs, janus(route), ["banner", "ready"], cpu=cpu, memory=memory, arguments=backend)
    return {name: {key: events[name][key] for key in ("total", "own")} for name in ("banner", "ready")}


def file_bytes():
    return FILE.stat().st_size


def short():
    """What the regression test measures: {what: count}, in well under a minute."""
    counts = {"file, bytes": file_bytes()}
    for route in "bios", "uefi":
        figures = boot(1, janus(route))
        for event in "banner", "ready":
            counts[f"{route}, {event}, total"] = figures[event]["total"]
            counts[f"{route}, {event}, own"] = figures[event]["own"]
    for screen in "VGA text", "1280x800":
        counts[f"scroll, {screen}, 1000 lines"] = scroll(1, screen, 1000)["own"]
    return counts
