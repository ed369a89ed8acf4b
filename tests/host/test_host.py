"""Runs the host tests: C compiled for the host with ASan and UBSan, one program for each test_*.c."""
import os
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ.get("JANUS_BUILD", HERE.parent.parent / "build"))


@pytest.mark.parametrize("name", sorted(path.stem for path in HERE.glob("test_*.c")))
def test_host(name):
    done = subprocess.run([BUILD / "host" / name], capture_output=True, text=True, timeout=300)
    passed = re.search(r"\[  PASSED  \] (\d+) test", done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed and int(passed[1]) > 0, done.stderr
