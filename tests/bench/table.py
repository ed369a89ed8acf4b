"""table.py - prints the figures of a whole measurement as one table."""
from goals import goals, percent_more

ROUTES = {"bios": "BIOS: pc, IDE, VGA text", "uefi": "UEFI: q35, AHCI, OVMF, 1280x800"}
EVENTS = {"banner": "to the first character on the screen", "serial": "to the first byte on COM1",
          "ready": "to `Janus ready`"}
FIGURES = {"total": "instructions", "own": "  own", "firmware": "  firmware", "firmware_calls": "firmware calls",
           "disk_bytes": "bytes read from the disk", "other_sectors": "sectors besides the file",
           "dirtied_kib": "KiB dirtied by own code"}
CALLS = ["GetMemoryMap", "SetMode", "ClearScreen"]


def number(value):
    return "-" if value is None else f"{value:,}"


def line(label, cells):
    print(f"{label:<40}{''.join(f'{cell:>17}' for cell in cells)}".rstrip())


def beside(cells):
    """Janus's cell, then each peer's with an empty one behind it, where others have the ratio."""
    return [cells[0], *(cell for peer in cells[1:] for cell in (peer, ""))]


def with_ratios(values):
    """Each peer's count is followed by how many times Janus's it is."""
    first, *others = values
    cells = [number(first)]
    for value in others:
        cells += [number(value), "-" if value is None or first is None else f"x {value / first:,.0f}"]
    return cells


def print_event(event, subjects):
    figures = [subject["events"].get(event, {}) for subject in subjects.values()]
    print(f"  {EVENTS[event]}")
    for key, label in FIGURES.items():
        values = [of_subject.get(key) for of_subject in figures]
        line(label, with_ratios(values) if key in ("total", "own") else beside([number(value) for value in values]))


def waited(subject, key):
    return max(subject["waits"][key], 0)


def print_waits(subjects):
    """Timed waits to the banner, and what is left without the peers'."""
    print(f"  {EVENTS['banner']}: timed waits")
    for key in "own", "firmware":
        values = [waited(subject, key) for subject in subjects.values()]
        line(FIGURES[key], beside([number(value) if value else "none" for value in values]))
    print(f"  {EVENTS['banner']}, without the peers' waits")
    for key in "total", "own":
        first, *others = subjects.values()
        line(FIGURES[key], with_ratios([first["events"]["banner"][key],
                                        *(peer["events"]["banner"][key] - waited(peer, key) for peer in others)]))


def print_boot(route, subjects):
    print()
    line(ROUTES[route], [next(iter(subjects)), *(cell for name in list(subjects)[1:] for cell in (name, "/ Janus"))])
    for event in EVENTS:
        print_event(event, subjects)
    print_waits(subjects)
    print("  in all")
    if route == "uefi":
        calls = [subject["events"]["banner"]["calls"] for subject in subjects.values()]
        for name in CALLS:
            line(f"calls of {name}", beside([number(of_subject.get(name, 0)) for of_subject in calls]))
    line("bytes of the file", beside([number(subject["file_bytes"]) for subject in subjects.values()]))


def print_scroll(figures):
    print()
    line("Scrolling", ["instructions", "stores", "loads", "with COM1"])
    for screen, of_screen in figures["scroll"].items():
        line(f"{screen}, {of_screen['lines']:,} lines", [
            *(number(of_screen[key]) for key in ("own", "video_stores", "video_loads")),
            number(figures["scroll_with_serial"][screen]["own"])])


def print_maps(maps):
    print()
    line("Shuffled memory map, entries", [f"{int(n):,}" for n in maps])
    line("instructions to normalise it", ["no boot" if count is None else number(count) for count in maps.values()])


def print_memory(memory):
    print()
    line("RAM", [size for size in ("1 GiB", "about 1 TiB", "more")])
    for route, cpus in memory.items():
        for cpu, sizes in cpus.items():
            small, large = sizes.values()
            for event, key in [(event, key) for event in small for key in small[event]]:
                few, many = small[event][key], large[event][key]
                line(f"{route}, {cpu}, {event}, {key}", [number(few), number(many), f"{percent_more(few, many):.1f} %"])


def print_goals(figures):
    print()
    print(f"{'Goals':<62}{'at most':>14}{'is':>14}")
    for name, figure, limit, met in goals(figures):
        print(f"{name:<62}{limit:>14,}{number(figure):>14}  {'met' if met else 'NOT MET'}")


def print_table(figures):
    versions = ", ".join(f"{package} {version}" for package, version in figures["packages"].items())
    print(f"Guest instructions, the same in {figures['runs']} run{'s' if figures['runs'] > 1 else ''} ({versions})")
    for route, subjects in figures["boot"].items():
        print_boot(route, subjects)
    print_scroll(figures)
    print_maps(figures["maps"])
    print_memory(figures["memory"])
    print_goals(figures)
