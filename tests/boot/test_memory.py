"""Memory maps: what the report prints is what the firmware says, from the smallest machine QEMU's firmware runs on
to above 4 GiB."""
import pytest

from images import symbols
from maps import e820_disk, normalised, read_e820, read_efi, under_starter, without_claims
from report import Report, size_text

GIB = 1 << 30
BIOS_MACHINES = [("pc", "3M"), ("pc", "32M"), ("q35", "128M"), ("pc", "3G"), ("pc", "6G"), ("q35", "6G")]
UEFI_MACHINES = [("pc", "64M"), ("q35", "128M"), ("pc", "3G"), ("q35", "6G")]


def bytes_of(memory):
    return int(memory[:-1]) << {"M": 20, "G": 30}[memory[-1]]


def check_table(report):
    """Sorted, disjoint, not empty, neighbours joined; sizes and totals add up."""
    regions = report.regions
    assert len(regions) == int(report.field("memory").split()[-2])
    assert all(base < end for base, end, _ in regions)
    assert all(one[1] <= next_one[0] for one, next_one in zip(regions, regions[1:]))
    assert regions == normalised(regions)
    assert report.region_sizes == [size_text(end - base) for base, end, _ in regions]
    assert report.totals == {kind: size_text(sum(end - base for base, end, k in regions if k == kind))
                             for _, _, kind in regions}


def check_claims(report):
    """The kernel's own part holds the whole image but its header page."""
    names = symbols()
    base, end = (report.image_paddr + names[name] - names["image_start"] for name in ("text_start", "image_end"))
    assert any(b <= base and end <= e for b, e, kind in report.regions if kind == "kernel")


@pytest.mark.parametrize("machine,memory", BIOS_MACHINES)
def test_bios_map_is_the_bioss(start, exit_disk, tmp_path, machine, memory):
    asked = start("bios", e820_disk(tmp_path / "e820.img"), machine=machine, memory=memory).wait_for_rest()
    told = start("bios", exit_disk, machine=machine, memory=memory).wait_for_rest()
    report = Report(told.serial())
    entries = read_e820(asked.serial())
    check_table(report)
    check_claims(report)
    assert without_claims(report.regions) == normalised(entries)
    assert report.field("memory").startswith(f"{len(entries)} entries from E820, ")
    assert (max(end for _, end, kind in report.regions if kind == "usable") > 4 * GIB) == (bytes_of(memory) > 4 * GIB)


@pytest.mark.parametrize("machine,memory", UEFI_MACHINES)
def test_uefi_map_is_the_firmwares(start, disk_copy, machine, memory):
    disk = under_starter(disk_copy(), failures=0)
    done = start("uefi", disk, machine=machine, memory=memory, debug_console=True).wait_for_rest()
    report = Report(done.serial())
    entries = read_efi(done.debug_console())
    check_table(report)
    check_claims(report)
    assert without_claims(report.regions) == normalised(entries)
    assert report.field("memory").startswith(f"{len(entries)} entries from UEFI, ")
    assert (max(end for _, end, kind in report.regions if kind == "usable") > 4 * GIB) == (bytes_of(memory) > 4 * GIB)
