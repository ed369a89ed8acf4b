"""The README says what the sources say: every error letter, and the configuration for the network."""
import pathlib
import re

ROOT = pathlib.Path(__file__).parents[2]


def test_readme_explains_every_letter():
    header = (ROOT / "legacy/boot_errors.h").read_text()
    letters = re.findall(r"#define BOOT_ERROR_\w+\s+'(.)'\s*/\* (.*) \*/", header)
    readme = (ROOT / "README.md").read_text()
    assert len(letters) >= 8
    assert len({letter for letter, _ in letters}) == len(letters)
    for letter, sentence in letters:
        assert f"| `{letter}` | {sentence} |" in readme


def test_readme_shows_the_configuration_that_is_tested():
    assert (ROOT / "tests/network/dnsmasq.conf").read_text() in (ROOT / "README.md").read_text()
