"""Protection: the address space as it is once the kernel runs, read from outside."""
import re

import pytest

from images import symbols, with_cmdline
from ktap import Ktap
from maps import under_starter
from page_walk import CR4_LA57, page_of, pages
from report import Report

CR0_WP, EFER_NXE = 1 << 16, 1 << 11
CR0_CD_NW = 0x60000000
guards_seen = []
CR4_BITS = {"SMEP": 1 << 20, "SMAP": 1 << 21, "UMIP": 1 << 11}

# PAT, entries 7 to 0, with write-combining (01) as entry 1 and the reset values elsewhere (SDM vol. 3A, 11.12.4).
PAT = bytes.fromhex("0007040600070106")
PAT_WC_ENTRY, PAT_UC_ENTRY = 1, 3

DIRECT_MAP_BASE, MAP_BASE, DISPLAY_BASE = 0xFFFF800000000000, 0xFFFFC00000000000, 0xFFFFFFFFC0000000

LOCAL_APIC, IO_APIC, HPET = 0xFEE00000, 0xFEC00000, 0xFED00000


@pytest.fixture(scope="module", params=["qemu64", "max"])
def machine(request, firmware, start_for_module):
    return start_for_module(firmware, cpu=request.param).wait_for_rest()


def has_all(machine):
    """True for the CPU that has what there is; qemu64 has neither SMEP, SMAP, UMIP nor RDRAND."""
    return "max" in machine.command


@pytest.fixture(scope="module")
def mapped(machine):
    return pages(machine)


@pytest.fixture(scope="module")
def report(machine):
    return Report(machine.serial())


def test_emulator_agrees_with_the_walk(machine, mapped):
    """QEMU's own walk finds the same pages: virtual address, physical address, NX, user, writable."""
    rows = re.findall(r"^([0-9a-f]{16}): ([0-9a-f]{16}) (\S{9})$", machine.qmp.monitor("info tlb"), re.MULTILINE)
    theirs = {(int(v, 16), int(p, 16), flags[0] != "X", flags[7] == "U", flags[8] == "W") for v, p, flags in rows}
    assert theirs == {(page.vaddr, page.paddr, page.executable, page.user, page.writable) for page in mapped}


def test_no_page_is_writable_and_executable(mapped):
    assert mapped
    assert [page for page in mapped if page.writable and page.executable] == []


def test_no_page_is_for_a_user(mapped):
    assert [page for page in mapped if page.user] == []


def test_nothing_is_mapped_low(mapped):
    """Not at null, nor where the firmware or a loader had mapped memory; and page 0 at no address."""
    assert all(page.vaddr >= DIRECT_MAP_BASE for page in mapped)
    assert not any(page.paddr == 0 for page in mapped)


def test_only_text_is_executable(machine, mapped, report):
    names = symbols()
    text, end = names["text_start"], names["rodata_start"]
    executable = [page for page in mapped if page.executable]
    parts = [(text, end), (names["late_text"], names["late_rodata"])]
    assert executable and all(any(base <= page.vaddr and page.vaddr + page.size <= top for base, top in parts)
                              for page in executable)
    assert page_of(mapped, text).paddr == report.image_paddr + text - names["image_start"]
    assert text <= machine.register("RIP") < names["text_end"]


def test_sections_have_their_rights(mapped):
    names = symbols()
    assert not page_of(mapped, names["rodata_start"]).writable
    for name in ("data_start", "bss_start", "kernel_stack"):
        page = page_of(mapped, names[name])
        assert page.writable and not page.executable


def test_read_only_sections_have_no_writable_address(mapped, report):
    names = symbols()
    base, end = (report.image_paddr + names[name] - names["image_start"] for name in ("text_start", "data_start"))
    late = [page.paddr for page in mapped if names["late_text"] <= page.vaddr < names["late_end"]]
    ranges = [(base, end), *((paddr, paddr + 4096) for paddr in late)]
    assert late and [page for page in mapped if page.writable and any(
        page.paddr < top and bottom < page.paddr + page.size for bottom, top in ranges)] == []


def test_guard_page_is_not_mapped(mapped):
    names = symbols()
    guard, stack = names["kernel_stack_guard"], names["kernel_stack"]
    assert stack - guard >= 4096
    assert all(page_of(mapped, vaddr) is None for vaddr in range(guard, stack, 4096))
    assert page_of(mapped, stack)


def test_screen_has_its_memory_type(firmware, machine, mapped, report):
    """The framebuffer write-combining, VGA memory uncached; and the PAT says what those entries mean."""
    if firmware == "uefi":
        paddr, base, expected = int(report.field("screen").split()[-1], 16), DISPLAY_BASE, PAT_WC_ENTRY
    else:
        paddr, base, expected = 0xB8000, DIRECT_MAP_BASE, PAT_UC_ENTRY
    screen = [page for page in mapped if page.paddr <= paddr < page.paddr + page.size]
    assert [page.pat_entry for page in screen] == [expected]
    assert base <= screen[0].vaddr <= base + paddr
    assert PAT in machine.device_state()


def test_direct_map_is_memory_as_data(machine, mapped, report):
    """Never executable; writable only what is the kernel's to use, whole pages of it; with the page tables in it."""
    ours = [(base, end) for base, end, kind in report.regions if kind in ("usable", "boot services", "kernel")]
    vga = (0xA0000, 0xC0000)
    direct = [page for page in mapped if page.vaddr < MAP_BASE]
    for page in direct:
        assert page.paddr + DIRECT_MAP_BASE == page.vaddr and not page.executable
        if page.writable:
            assert any(base <= page.paddr and page.paddr + page.size <= end for base, end in [*ours, vga])
    tables = machine.register("CR3") & ~0xFFF
    assert page_of(direct, DIRECT_MAP_BASE + tables).writable


@pytest.mark.parametrize("paddr", [LOCAL_APIC, IO_APIC, HPET])
def test_registers_of_devices_are_uncached(mapped, paddr):
    """One page for each, data only, between the direct map and the image."""
    found = [page for page in mapped if page.paddr <= paddr < page.paddr + page.size]
    assert [(page.size, page.pat_entry, page.writable, page.executable) for page in found] == [
        (4096, PAT_UC_ENTRY, True, False)]
    assert MAP_BASE <= found[0].vaddr < symbols()["image_start"]


def test_control_registers(machine):
    assert machine.register("CR0") & CR0_WP
    assert not machine.register("CR0") & CR0_CD_NW
    assert machine.register("EFER") & EFER_NXE
    assert {name: bool(machine.register("CR4") & bit) for name, bit in CR4_BITS.items()} == {
        name: has_all(machine) for name in CR4_BITS}


def test_report_tells_what_is_on(machine, report):
    items = report.field("protection").split(", ")
    no = "" if has_all(machine) else "no "
    assert items[:6] == ["NX", "WP", f"{no}SMEP", f"{no}SMAP", f"{no}UMIP",
                         "canary from RDRAND" if has_all(machine) else "canary mixed (no RDRAND)"]


def test_report_tells_what_the_tables_allow(mapped, report):
    """What is executable is all there at that time; data may have been mapped since."""
    numbers = {what: int(number) for number, what in
               (item.split() for item in report.field("protection").split(", ")[6:])}
    assert numbers["both"] == numbers["user"] == 0
    assert numbers["executable"] == sum(page.executable for page in mapped)
    assert 0 < numbers["writable"] <= sum(page.writable for page in mapped)
    assert numbers["writable"] + numbers["executable"] < numbers["pages"] <= len(mapped)


def test_stack_guard_is_chosen_anew(machine, report):
    """Another one at each boot; its first byte is 0."""
    guard = machine.read_memory(report.image_paddr + symbols()["__stack_chk_guard"] - symbols()["image_start"], 8)
    assert guard[0] == 0 and any(guard) and guard not in guards_seen
    guards_seen.append(guard)


def test_five_levels(start, disk_copy):
    """A firmware that leaves page tables of 5 levels: ours have as many, and are changed as well as those of 4."""
    disk = with_cmdline(under_starter(disk_copy(), "0V"), "test")
    machine = start("uefi", disk, cpu="max,la57=on").wait_for_rest()
    ktap = Ktap(machine.serial().splitlines())
    assert len(ktap.passed) > 5 and all(ktap.passed.values())
    assert machine.register("CR4") & CR4_LA57
    mapped, report = pages(machine), Report(machine.serial())
    test_emulator_agrees_with_the_walk(machine, mapped)
    test_no_page_is_writable_and_executable(mapped)
    test_nothing_is_mapped_low(mapped)
    test_only_text_is_executable(machine, mapped, report)
    test_guard_page_is_not_mapped(mapped)
    test_screen_has_its_memory_type("uefi", machine, mapped, report)
    test_direct_map_is_memory_as_data(machine, mapped, report)
