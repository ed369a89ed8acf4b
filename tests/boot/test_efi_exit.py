"""ExitBootServices: refused as often as a firmware may refuse it, and for ever."""
import re

import pytest

from machine import EXIT_SUCCESS
from images import with_cmdline
from maps import under_starter
from report import Report

INVALID_PARAMETER = "8000000000000002"
STARTER_EXIT = 65
MAX_TRIES = 16


def tries(machine):
    """The status of each try, as the starter saw them."""
    return re.findall(r"^exit \w+ (\w+)$", machine.debug_console(), re.MULTILINE)


def late_calls(machine):
    """Services called after the first try that may not be called any more."""
    return re.findall(r"^late .*$", machine.debug_console(), re.MULTILINE)


@pytest.mark.parametrize("failures", [0, 1, 2, 7, MAX_TRIES - 1])
def test_tries_again(start, disk_copy, failures):
    disk = with_cmdline(under_starter(disk_copy(), failures), "exit")
    machine = start("uefi", disk, debug_console=True).wait_for_rest()
    report = Report(machine.serial())
    assert machine.exit_code == EXIT_SUCCESS
    assert tries(machine) == [INVALID_PARAMETER] * failures + ["0"]
    assert late_calls(machine) == []
    assert f", ExitBootServices at try {failures + 1}, " in report.field("entered by")
    assert report.ends_well


def test_gives_up_and_returns(start, disk_copy):
    """After the last try the firmware gets control back, with the error; COM1 says so."""
    machine = start("uefi", under_starter(disk_copy(), 1000), debug_console=True).wait_for_rest()
    assert machine.exit_code == STARTER_EXIT
    assert tries(machine) == [INVALID_PARAMETER] * MAX_TRIES
    assert late_calls(machine) == []
    assert f"returned {INVALID_PARAMETER}\n" in machine.debug_console()
    assert "Janus: ExitBootServices failed every time, returning to the firmware\n" in machine.serial()
    assert "Janus ready" not in machine.serial()
