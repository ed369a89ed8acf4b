"""janus.py - Janus as a subject of the meter: the image users get, started by either firmware."""
from meter import Subject  # first: it finds the modules of tests/boot
from images import FILE, IMAGE


def janus(route, disk=IMAGE):
    return Subject("Janus", route, disk, FILE.read_bytes(), ("banner", "serial", "ready"), banner="Janus",
                   ready="Janus ready")
