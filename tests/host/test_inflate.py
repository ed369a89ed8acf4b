"""kernel/lib/inflate.c beside zlib: what zlib packs, in all its ways, comes out as it was."""
import os
import pathlib
import random
import subprocess
import zlib

import pytest

BUILD = pathlib.Path(os.environ["JANUS_BUILD"])


def texts():
    numbers = random.Random(1)
    yield "image", (BUILD / "BOOTX64.EFI").read_bytes()
    yield "zeros", bytes(100000)
    yield "noise", numbers.randbytes(70000)
    yield "few letters", bytes(numbers.choice(b"abc") for _ in range(70000))
    yield "rare letters", bytes(min(int(numbers.expovariate(0.9)), 255) for _ in range(70000))  # codes of all lengths
    yield "far", (block := numbers.randbytes(32768)) + block  # the longest distance
    yield "one byte", b"x"


@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("strategy", [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY])
@pytest.mark.parametrize("name, text", texts(), ids=lambda value: value if isinstance(value, str) else "")
def test_as_zlib_packs_it(tmp_path, name, text, level, strategy):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    (tmp_path / "packed").write_bytes(packer.compress(text) + packer.flush())
    subprocess.run([BUILD / "host/test_inflate", tmp_path / "packed", tmp_path / "text"], check=True)
    assert (tmp_path / "text").read_bytes() == text
