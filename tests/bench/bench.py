#!/usr/bin/python3
"""bench.py [--runs N] measures everything, three times, and prints it as one table; bench.py --accept measures what
the regression test does and makes it the measure.

Leaves the figures in build/bench.json and a picture in build/bench.png. Fails if two runs differ in any figure.
"""
import argparse
import importlib.util
import json
import pathlib
import sys
import tempfile

import measurements
import peers
from janus import janus
from meter import BUILD, MeterError
from table import print_table

COUNTS = pathlib.Path(__file__).with_name("counts.json")
SCROLL_LINES = 10_000


def missing():
    packages = peers.missing_packages()
    if importlib.util.find_spec("matplotlib") is None:
        packages.append("python3-matplotlib")
    return packages


def say(what):
    print(f"  MEASURE {what}", file=sys.stderr, flush=True)


def measure_boot(runs, subject):
    say(f"{subject.route}, {subject.name}")
    events = measurements.boot(runs, subject)
    return {"file_bytes": len(subject.file), "events": events, "waits": measurements.waits(runs, subject, events)}


def measure_boots(runs):
    with tempfile.TemporaryDirectory() as folder:
        subjects = {route: [janus(route), *(make(pathlib.Path(folder)) for make in makers)]
                    for route, makers in peers.PEERS.items()}
        return {route: {subject.name: measure_boot(runs, subject) for subject in of_route}
                for route, of_route in subjects.items()}


def measure_scrolls(runs, serial):
    say("scrolling, with a serial port" if serial else "scrolling, without a serial port")
    return {screen: measurements.scroll(runs, screen, SCROLL_LINES, serial) for screen in measurements.SCREENS}


def measure_maps(runs):
    say("shuffled memory maps")
    return {str(n): measurements.memory_map(runs, n) for n in measurements.MAP_ENTRIES}


def measure_memory(runs):
    say("sizes of RAM")
    return {route: {cpu: {size: measurements.memory_size(runs, route, cpu, size) for size in sizes}
                    for cpu in measurements.CPUS} for route, sizes in measurements.MEMORY.items()}


def measure_all(runs):
    return {"packages": measurements.packages(), "runs": runs, "boot": measure_boots(runs),
            "scroll": measure_scrolls(runs, serial=False), "scroll_with_serial": measure_scrolls(runs, serial=True),
            "maps": measure_maps(runs), "memory": measure_memory(runs)}


def accept():
    record = {"packages": measurements.packages(), "counts": measurements.short()}
    COUNTS.write_text(json.dumps(record, indent=1) + "\n")
    print(COUNTS.read_text(), end="")


def bench(runs):
    if missing():
        raise MeterError(f"missing here: {' '.join(missing())}. `make setup-bench` installs that.")
    figures = measure_all(runs)
    (BUILD / "bench.json").write_text(json.dumps(figures, indent=1) + "\n")
    import picture  # not before it is known that its library is there
    picture.draw(figures, BUILD / "bench.png")
    print_table(figures)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--accept", action="store_true")
    args = parser.parse_args()
    try:
        accept() if args.accept else bench(args.runs)
    except MeterError as error:
        sys.exit(f"bench: {error}")


if __name__ == "__main__":
    main()
