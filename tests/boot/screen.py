"""screen.py - reading screens: text memory through code page 437, pictures glyph by glyph.

A picture is read exactly: a cell holds one or two colours, and the pixels of one of them are a glyph of the font
the kernel was built with, to the last dot. A cell that is no glyph reads as U+FFFD; nothing is guessed.
"""
import itertools
import os
import pathlib
import re
import struct

from PIL import Image

BUILD = pathlib.Path(os.environ.get("JANUS_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))

UNKNOWN = "\ufffd"
VGA_TEXT_SIZES = {(720, 400): 9, (640, 400): 8}  # of the picture: width of a cell

# What code page 437 shows for the bytes that Python takes for control characters.
CP437_LOW = "\0☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"


def read_cp437(cells):
    """Rows of 80 characters from VGA text memory, blanks at their ends left out."""
    text = cells[0::2].decode("cp437").translate({**dict(enumerate(CP437_LOW)), 0: " ", 0x7F: "⌂"})
    return [text[start:start + 80].rstrip() for start in range(0, len(text), 80)]


class Font:
    """Glyphs of a PSF2 font with a Unicode table, as rows of 0 and 1 in one string of bytes."""

    def __init__(self, path):
        data = pathlib.Path(path).read_bytes()
        _, _, header, _, count, size, self.height, self.width = struct.unpack_from("<4sIIIIIII", data)
        entries = data[header + count * size:].split(b"\xff")
        self.characters = {}  # by glyph; of several that look alike the first
        self.glyphs = {}
        for index in range(count):
            glyph = self._dots(data[header + index * size:header + (index + 1) * size])
            for character in entries[index].split(b"\xfe")[0].decode("utf-8"):
                self.glyphs[character] = glyph
                self.characters.setdefault(glyph, character)

    def _dots(self, bitmap):
        row_bytes = (self.width + 7) // 8
        rows = [bitmap[start:start + row_bytes] for start in range(0, len(bitmap), row_bytes)]
        return b"".join(bytes(row[x // 8] >> (7 - x % 8) & 1 for x in range(self.width)) for row in rows)

    def as_seen(self, text):
        """`text` as it can be read from a picture: characters that look alike are the same one."""
        return "".join(self.characters.get(self.glyphs.get(c), UNKNOWN) for c in text)


def font_8x16():
    return Font(BUILD / "spleen-8x16.psf")


def font_16x32():
    return Font(BUILD / "spleen-16x32.psf")


class CellReader:
    """Reads cells of one size as (character, background); the same bytes are looked at only once."""

    def __init__(self, font, cell_width=None, scale=1):
        self.font, self.scale = font, scale
        self.width, self.height = (cell_width or font.width) * scale, font.height * scale
        self._known = {}

    def read(self, cell):
        """Character and background; for a cell of one colour no character."""
        pixels = cell.tobytes()
        if pixels not in self._known:
            self._known[pixels] = self._match(cell)
        return self._known[pixels]

    def _match(self, cell):
        colors = [color for _, color in cell.getcolors(3) or ()]
        if len(colors) == 1:
            return None, colors[0]
        for foreground, background in [colors, colors[::-1]] if len(colors) == 2 else []:
            character = self.font.characters.get(self._pattern(cell, foreground))
            if character and (foreground > background or character.isascii()):
                return character, background
        return UNKNOWN, None

    def _pattern(self, cell, foreground):
        """Dots of the foreground, a ninth column and enlarged dots checked and left out; None if they are unsound."""
        dots = [pixel == foreground for pixel in cell.getdata()]
        rows = [dots[start:start + self.width] for start in range(0, len(dots), self.width)]
        if any(len(set(row[x:x + self.scale])) != 1 for row in rows for x in range(0, self.width, self.scale)):
            return None
        if any(rows[y] != rows[y - y % self.scale] for y in range(self.height)):
            return None
        rows = [row[::self.scale] for row in rows[::self.scale]]
        if any(row[8:] not in ([], [False], row[7:8]) for row in rows if self.width // self.scale == 9):
            return None
        return bytes(int(dot) for row in rows for dot in row[:self.font.width])


def read_row(cells, ground):
    """
    The text of a row of (character, background). A run of cells of one colour is blank if that is the ground
    of the whole screen or the background of a neighbour; else it is full blocks.
    """
    text = ""
    for (character, color), run in itertools.groupby(enumerate(cells), key=lambda cell: cell[1]):
        run = [index for index, _ in run]
        around = [cells[index][1] for index in (run[0] - 1, run[-1] + 1) if 0 <= index < len(cells) and cells[index][0]]
        blank = " " if color == ground or color in around else "█"
        text += (character or blank) * len(run)
    return text.rstrip()


def read_cells(image, reader):
    """Rows of text of the whole cells of a picture."""
    ground = max(image.getcolors(image.width * image.height))[1]
    return [read_row([reader.read(image.crop((x, y, x + reader.width, y + reader.height)))
                      for x in range(0, image.width - reader.width + 1, reader.width)], ground)
            for y in range(0, image.height - reader.height + 1, reader.height)]


def read_image(image, font=None):
    """
    Rows of text, without the empty ones at the end. `font` is that of a framebuffer; without one the
    picture is read with each, and the reading with fewer unknown cells counts.
    """
    if image.size in VGA_TEXT_SIZES:
        rows = read_cells(image, CellReader(font_8x16(), VGA_TEXT_SIZES[image.size]))
    else:
        readings = [read_cells(image, CellReader(f)) for f in ([font] if font else [font_8x16(), font_16x32()])]
        rows = min(readings, key=lambda reading: "".join(reading).count(UNKNOWN))
    while rows and not rows[-1]:
        rows.pop()
    return rows


def read_picture(path, font=None):
    """Rows of text in a picture file."""
    with Image.open(path) as picture:
        return read_image(picture.convert("RGB"), font)


def colors_in(path):
    """Every colour of a picture file."""
    with Image.open(path) as picture:
        image = picture.convert("RGB")
    return {color for _, color in image.getcolors(image.width * image.height)}


def palette():
    """The kernel's colours, from its own header."""
    text = (pathlib.Path(__file__).resolve().parents[2] / "kernel/console/palette.h").read_text()
    rows = re.findall(r"\[COLOR_\w+\] = \{0x(\w\w), 0x(\w\w), 0x(\w\w)\}", text)
    return {tuple(int(value, 16) for value in row) for row in rows}


def image_from_memory(data, width, height, pitch):
    """What a framebuffer of blue, green, red and an unused byte holds."""
    return Image.frombuffer("RGB", (width, height), data, "raw", "BGRX", pitch, 1)


def save_png(picture, path):
    with Image.open(picture) as image:
        image.convert("RGB").save(path, optimize=True)
