"""The file on every machine of a lab: switched off and on, the machine reports on its serial port."""
import pathlib
import re

import pytest
from labgrid import Environment
from labgrid.protocol import ConsoleProtocol, PowerProtocol

from images import build_id
from machine import ANSI_SEQUENCE
from report import Report

HANG_SECONDS = 300  # the firmware of a server takes its time

# Anywhere in a line: firmware that writes to the port as well may have left its own one open.
FIRST_LINE = re.compile(r"Janus \d+\.\d+\.\d+\b")


@pytest.fixture(scope="module")
def report(env, machine_name):
    target = env.get_target(machine_name)
    power, console = target.get_driver(PowerProtocol), target.get_driver(ConsoleProtocol)
    power.cycle()
    _, before, _, last_line = console.expect("Janus ready", timeout=HANG_SECONDS)
    text = ANSI_SEQUENCE.sub("", (before + last_line).decode("utf-8", "replace")).replace("\r", "")
    yield Report(text[FIRST_LINE.search(text).start():])
    power.off()


def test_machine_runs_this_build(report):
    assert report.build_id == build_id()
    assert report.field("build id").endswith(", image intact")


def test_route_and_loader_are_named(report):
    assert report.field("entered by").startswith(("BIOS, ", "UEFI "))


def test_memory_is_told(report):
    assert report.regions and "usable" in report.totals


def test_example_is_an_environment():
    """machine.yaml names resources and drivers that labgrid has, and they fit together."""
    example = Environment(str(pathlib.Path(__file__).with_name("machine.yaml")))
    assert example.get_target("pc1").drivers
