"""The tests inside the kernel, run by the word `test` and told as KTAP."""
import re

import pytest

from ktap import Ktap
from machine import EXIT_SUCCESS, EXIT_TESTS, ROOT

SELF_TEST = re.compile(r"^SELF_TEST\((\w+)\)", re.MULTILINE)


def written_tests():
    return {name for path in (ROOT / "kernel/tests").glob("test_*.c") for name in SELF_TEST.findall(path.read_text())}


def test_all_pass(firmware, start, disk_with):
    machine = start(firmware, disk_with("test exit")).wait_for_rest()
    ktap = Ktap(machine.serial().splitlines())
    assert ktap.passed == {name: True for name in written_tests()}, "\n".join(ktap.diagnostics)
    assert machine.exit_code == EXIT_SUCCESS


def test_one_by_name(firmware, start, disk_with):
    machine = start(firmware, disk_with("test=string_memmove_overlaps exit")).wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS
    assert Ktap(machine.serial().splitlines()).passed == {"string_memmove_overlaps": True}


@pytest.mark.parametrize("firmware", ["bios"], indirect=True, scope="module")
def test_name_of_no_test_fails(firmware, start, disk_with):
    machine = start(firmware, disk_with("test=no_such_test exit")).wait_for_rest()
    assert machine.exit_code == EXIT_TESTS
    assert Ktap(machine.serial().splitlines()).passed == {"no_such_test": False}


def test_lines_of_several_cpus_are_whole(firmware, start, disk_with):
    machine = start(firmware, disk_with("test=console_prints_from_all_cpus exit"), cpus=4).wait_for_rest()
    assert machine.exit_code == EXIT_SUCCESS
    lines = [line for line in machine.serial().splitlines() if line.startswith("#")]
    assert len(lines) == 4 * 200
    for cpu in range(4):
        expected = [f"# cpu {cpu} line {i}, which is to stay in one piece" for i in range(200)]
        assert [line for line in lines if line.startswith(f"# cpu {cpu} ")] == expected
