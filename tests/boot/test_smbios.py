"""SMBIOS: what QEMU is told to say of the machine is what the report says, by either version's entry point."""
import pytest

from report import Report

# What a terminal would obey comes through as a question mark.
STRINGS = ["type=0,vendor=Proof,version=9.9,date=02/29/2024",
           "type=1,manufacturer=Acme,product=Road\x1b[31mRunner,version=mark 4,serial=not shown"]


@pytest.mark.parametrize("chipset, entry_point, version", [("pc", "32", "2.8"), ("q35", "64", "3.0")])
def test_strings_are_reported(firmware, start, chipset, entry_point, version):
    machine = start(firmware, machine=f"{chipset},smbios-entry-point-type={entry_point}",
                    arguments=[part for text in STRINGS for part in ("-smbios", text)]).wait_for_rest()
    report = Report(machine.serial())
    assert report.ends_well
    assert "Proof 9.9 02/29/2024" in report.field("firmware")
    assert report.field("system") == "Acme Road?[31mRunner mark 4"
    place, _, error = report.field("tables").partition(f" SMBIOS {version} at 0x")[2].partition(":")
    assert place and not error
