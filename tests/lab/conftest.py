"""conftest.py - the machines of the labgrid environment given by --lg-env, each tested in turn."""
import pathlib
import sys

from labgrid.config import Config

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent / "boot"))  # reading reports


def pytest_generate_tests(metafunc):
    if "machine_name" in metafunc.fixturenames:
        environment = metafunc.config.getoption("lg_env")
        metafunc.parametrize("machine_name", list(Config(environment).get_targets()), scope="module")
