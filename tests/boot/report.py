"""report.py - reading the report, from whichever console it was taken."""
import re

FIRST_LINE = re.compile(r"^Janus \d+\.\d+\.\d+\b.*$", re.MULTILINE)
REGION = re.compile(r"^ {11}([0-9a-f]{16})-([0-9a-f]{16}) +(\d+(?:\.\d)? (?:[KMGTP]i)?B) \S (.+)$")
UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]


class Report:
    """The kernel's lines: from its first one on, whatever the firmware wrote before it."""

    def __init__(self, text):
        first = FIRST_LINE.search(text)
        assert first, f"no line of the kernel's in:\n{text}"
        self.lines = [line.rstrip() for line in text[first.start():].splitlines()]

    def field(self, label):
        """What follows a label at the beginning of a line, its further lines joined by blanks."""
        starts = [i for i, line in enumerate(self.lines) if line.startswith(f"{label:11}")]
        assert len(starts) == 1, f"{label!r} is there {len(starts)} times"
        text = self.lines[starts[0]]
        for line in self.lines[starts[0] + 1:]:
            if not line.startswith(" " * 11) or REGION.match(line):
                break
            text += line[10:]
        return text[11:]

    @property
    def build_id(self):
        return re.match(r"[0-9a-f]{40}\b", self.field("build id"))[0]

    @property
    def image_paddr(self):
        return int(re.search(r"; image at 0x([0-9a-f]+)$", self.field("entered by"))[1], 16)

    @property
    def ends_well(self):
        return self.lines[-1] == "Janus ready"

    @property
    def regions(self):
        """The memory table: (first byte, first byte behind, type)."""
        rows = [REGION.match(line) for line in self.lines]
        return [(int(row[1], 16), int(row[2], 16) + 1, row[4]) for row in rows if row]

    @property
    def region_sizes(self):
        return [row[3] for row in map(REGION.match, self.lines) if row]

    @property
    def totals(self):
        """The line `in all`: size by type."""
        pairs = [re.match(r"(\d\S* \S+) (.+)", part) for part in self.field("in all").split(", ")]
        return {pair[2]: pair[1] for pair in pairs}


def size_text(size):
    """As the report has it: one decimal from MiB on, rounded down."""
    unit, tenths = 0, 0
    while size >= 1024 and unit < len(UNITS) - 1:
        tenths = size % 1024 * 10 // 1024
        size //= 1024
        unit += 1
    return f"{size}.{tenths} {UNITS[unit]}" if unit > 1 else f"{size} {UNITS[unit]}"


def wrapped(lines, columns):
    """Lines as a screen of so many columns shows them."""
    return [line[start:start + columns].rstrip() for line in lines for start in range(0, max(len(line), 1), columns)]
