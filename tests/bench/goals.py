"""goals.py - what the counts are to be, whatever they were before."""

# Limits of `measurements.short()`, by the names it gives.
LIMITS = {
    "bios, banner, total": 150_000,
    "bios, banner, own": 50_000,
    "bios, ready, total": 5_000_000,
    "uefi, banner, total": 350_000,
    "uefi, banner, own": 60_000,
    "uefi, ready, total": 8_000_000,
    "scroll, VGA text, 1000 lines": 1_500_000,
    "scroll, 1280x800, 1000 lines": 50_000_000,
    "file, bytes": 128 * 1024,
}
MAX_DIRTIED_KIB = 256
MAX_OTHER_SECTORS = 24
MAX_MEMORY_CALLS = 2
SCROLL_LIMITS = {"VGA text": 15_000_000, "1280x800": 500_000_000}
MAP_LIMIT = 400_000
MAP_GROWTH = 6
MAX_MEMORY_PERCENT = 2


def percent_more(small, large):
    return 100 * (large - small) / small


def short_goals(counts):
    """[(goal, figure, whether it is met)] of a short measurement."""
    return [(f"{name} <= {limit:,}", f"{counts[name]:,}", counts[name] <= limit) for name, limit in LIMITS.items()]


def _boot_goals(route, janus):
    banner, ready, waits = janus["events"]["banner"], janus["events"]["ready"], janus["waits"]
    yield f"{route}: to the banner", banner["total"], LIMITS[f"{route}, banner, total"]
    yield f"{route}: to the banner, own", banner["own"], LIMITS[f"{route}, banner, own"]
    yield f"{route}: to `Janus ready`", ready["total"], LIMITS[f"{route}, ready, total"]
    yield f"{route}: dirtied before the banner, KiB", banner["dirtied_kib"], MAX_DIRTIED_KIB
    yield f"{route}: own timed waits", max(waits["own"], 0) + banner["idle_ns"], 0


def _calls_goals(calls):
    yield "uefi: calls of GetMemoryMap", calls.get("GetMemoryMap", 0), MAX_MEMORY_CALLS
    yield "uefi: calls of SetMode and ClearScreen", calls.get("SetMode", 0) + calls.get("ClearScreen", 0), 0


def _scroll_goals(scrolls):
    for screen, limit in SCROLL_LIMITS.items():
        yield f"scroll {screen}, 10,000 lines", scrolls[screen]["own"], limit
    yield "scroll: loads of video memory", sum(figures["video_loads"] for figures in scrolls.values()), 0


def _map_goals(maps):
    yield "memory map, 1,024 entries", maps["1024"], MAP_LIMIT
    yield "memory map, 1,024 entries (limit: 6 times 256)", maps["1024"], MAP_GROWTH * maps["256"]
    yield "memory map, sizes that do not boot", sum(count is None for count in maps.values()), 0


def _memory_goals(memory):
    """To the banner, and our own: the firmware's part grows on UEFI, and the report has a line more to print."""
    for route, cpus in memory.items():
        for cpu, sizes in cpus.items():
            small, large = (figures["banner"]["own"] for figures in sizes.values())
            yield (f"{route}, {cpu}: banner, own, 1 TiB against 1 GiB, per cent",
                   round(abs(percent_more(small, large)), 1), MAX_MEMORY_PERCENT)


def goals(figures):
    """[(goal, figure, limit, whether it is met)] of a whole measurement."""
    janus = {route: subjects["Janus"] for route, subjects in figures["boot"].items()}
    rows = [row for route in janus for row in _boot_goals(route, janus[route])]
    sectors = janus["bios"]["events"]["banner"]["other_sectors"]
    rows.append(("bios: sectors besides the file", sectors, MAX_OTHER_SECTORS))
    rows += _calls_goals(janus["uefi"]["events"]["banner"]["calls"])
    rows.append(("file, bytes", janus["bios"]["file_bytes"], LIMITS["file, bytes"]))
    rows += _scroll_goals(figures["scroll"])
    rows += _map_goals(figures["maps"])
    rows += _memory_goals(figures["memory"])
    return [(name, figure, limit, figure is not None and figure <= limit) for name, figure, limit in rows]
