"""Counted instructions: no count of the boot or of the console has grown without anybody having said so.

`make bench-accept` makes what is measured the measure. Under other packages of QEMU and firmware the counts say
nothing; then the fixed goals are what must hold.
"""
import json
import pathlib
import warnings

import pytest

from measurements import packages, short
from goals import short_goals

ACCEPTED = json.loads(pathlib.Path(__file__).with_name("counts.json").read_text())
MAX_GROWTH_PERCENT = 3


@pytest.fixture(scope="module")
def counts():
    return short()


def test_every_count_is_measured(counts):
    assert set(counts) == set(ACCEPTED["counts"])
    assert all(count > 0 for count in counts.values())


def check_growth(counts):
    grown = [f"{name}: {counts[name]:,}, was {accepted:,} ({100 * (counts[name] - accepted) / accepted:+.1f} %)"
             for name, accepted in ACCEPTED["counts"].items()
             if 100 * counts[name] > (100 + MAX_GROWTH_PERCENT) * accepted]
    assert not grown, "\n".join(["counts have grown by more than 3 %; `make profile` shows where, "
                                 "`make bench-accept` accepts that:", *grown])


def check_goals(counts):
    unmet = [f"{goal}: {figure}" for goal, figure, met in short_goals(counts) if not met]
    assert not unmet, "goals not met:\n" + "\n".join(unmet)


def test_no_count_has_grown(counts):
    here = packages()
    if here == ACCEPTED["packages"]:
        check_growth(counts)
        return
    warnings.warn(f"counts were accepted under {ACCEPTED['packages']}, here are {here}: not compared, the fixed goals "
                  "are checked instead")
    check_goals(counts)
