"""All CPUs: started, alike where they must be and each with its own where it must be, and halted, seen from outside."""
import re

import pytest

from gdbstub import gdb_stub, stub_arguments
from images import symbols, with_cmdline
from ktap import Ktap
from machine import EXIT_SUCCESS
from maps import under_starter
from page_walk import page_of, pages
from report import Report

RFLAGS_IF = 0x200
STACK_BYTES, IST_STACK_BYTES = 16384, 8192
DIRECT_MAP_BASE = 0xFFFF800000000000
MADT_HEADER_BYTES = 44
MADT_CPU_ENABLED = 1
IST_ENTRIES = range(1, 4)

THREADS = ("max", "8,sockets=2,cores=2,threads=2")
MACHINES = {"bios-one": ("bios", "qemu64", "1"), "bios-threads": ("bios", *THREADS), "uefi-threads": ("uefi", *THREADS)}


class Cpu:
    """One CPU's registers, as `info registers -a` prints them."""

    def __init__(self, text):
        self.halted = "HLT=1" in text
        self.ring = int(re.search(r"CPL=(\d)", text)[1])
        self.registers = {name: int(value, 16) for name, value in re.findall(r"\b([A-Z]\w+) *=([0-9a-f]+)\b", text)}
        self.bases = {name: int(base, 16) for name, base in
                      re.findall(r"^(GDT|IDT|TR |LDT|GS ) *=(?:\s*[0-9a-f]{4})?\s+([0-9a-f]{16})", text, re.MULTILINE)}

    def __getitem__(self, name):
        return self.registers[name]


def cpus_of(machine):
    return [Cpu(text) for text in re.split(r"^CPU#\d+$", machine.qmp.monitor("info registers -a"),
                                           flags=re.MULTILINE)[1:]]


def read_virtual(machine, mapped, vaddr, size):
    page = page_of(mapped, vaddr)
    return machine.read_memory(page.paddr + vaddr - page.vaddr, size)


def ist_stacks(machine, mapped, cpu):
    """Where the stacks of the interrupt stack table end, from the TSS (Intel SDM vol. 3A, figure 8-11)."""
    tss = read_virtual(machine, mapped, cpu.bases["TR "], 104)
    return [int.from_bytes(tss[28 + 8 * i:36 + 8 * i], "little") for i in IST_ENTRIES]


@pytest.fixture(scope="module", params=MACHINES)
def machine(request, start_for_module):
    firmware, cpu, cpus = MACHINES[request.param]
    return start_for_module(firmware, cpu=cpu, cpus=cpus).wait_for_serial("Janus ready").wait_for_rest()


@pytest.fixture(scope="module")
def mapped(machine):
    return pages(machine)


@pytest.fixture(scope="module")
def cpus(machine):
    return cpus_of(machine)


def test_report_counts_them(machine, cpus):
    n = len(cpus)
    expected = "1" if n == 1 else f"{n} of {n} started, APIC ids 0 to {n - 1}"
    assert Report(machine.serial()).field("cpus") == expected


def test_all_are_halted_in_the_kernel(cpus):
    """The one that booted for good, the others until they are called."""
    names = symbols()
    assert all(cpu.halted and cpu.ring == 0 for cpu in cpus)
    assert [bool(cpu["RFL"] & RFLAGS_IF) for cpu in cpus] == [False] + [True] * (len(cpus) - 1)
    code = [("text_start", "text_end"), ("late_text", "late_text_end")]
    assert all(any(names[base] <= cpu["RIP"] < names[end] for base, end in code) for cpu in cpus)


def test_all_have_the_same_machine_state(cpus):
    for name in ("CR0", "CR3", "CR4", "EFER"):
        assert len({cpu[name] for cpu in cpus}) == 1, name
    assert len({cpu.bases["IDT"] for cpu in cpus}) == 1


def test_each_has_its_own_tables(cpus):
    for name in ("GDT", "TR ", "GS "):
        assert len({cpu.bases[name] for cpu in cpus}) == len(cpus), name


def test_each_has_its_own_stacks_with_guard_pages(machine, mapped, cpus):
    """A page below each stack is not mapped, and no two stacks are the same memory."""
    tops = [top for cpu in cpus for top in ist_stacks(machine, mapped, cpu)]
    stacks = {(top - IST_STACK_BYTES, top) for top in tops}
    for cpu in cpus[1:]:
        top = next(v for v in range(cpu["RSP"] & ~0xFFF, cpu["RSP"] + STACK_BYTES + 1, 4096) if not page_of(mapped, v))
        stacks.add((top - STACK_BYTES, top))
    assert len(stacks) == 4 * len(cpus) - 1
    memory = set()
    for base, top in stacks:
        assert page_of(mapped, base - 1) is None
        for vaddr in range(base, top, 4096):
            page = page_of(mapped, vaddr)
            assert page.writable and not page.executable
            memory.add(page.paddr + vaddr - page.vaddr)
    assert len(memory) * 4096 == sum(top - base for base, top in stacks)


def test_nothing_of_the_start_is_left_mapped(mapped):
    """Where the CPUs began is below 1 MiB and executable: only in tables of its own."""
    assert all(page.vaddr >= DIRECT_MAP_BASE for page in mapped)
    assert [page for page in mapped if page.writable and page.executable] == []


def test_self_tests_pass_on_all(firmware, start, disk_with):
    machine = start(firmware, disk_with("test exit"), cpus=4).wait_for_rest()
    ktap = Ktap(machine.serial().splitlines())
    assert all(ktap.passed.values()), ktap.diagnostics
    assert not [name for name in ktap.skipped if name.startswith("smp_")]
    assert machine.exit_code == EXIT_SUCCESS


@pytest.mark.parametrize("firmware", ["bios"], indirect=True, scope="module")
@pytest.mark.parametrize("trial", ["panic", "nmi"])
def test_panic_stops_all(firmware, start, disk_with, trial):
    """Interrupts off on all of them, one panic told; an NMI that is a panic is not taken for one that stops."""
    machine = start(firmware, disk_with(f"trial={trial}"), cpus=4).wait_for_serial("Halted.").wait_for_rest()
    cpus = cpus_of(machine)
    assert [(cpu.halted, cpu["RFL"] & RFLAGS_IF) for cpu in cpus] == [(True, 0)] * 4
    assert machine.serial().count("Janus panic: ") == 1


def find_madt(machine):
    """Its physical address and its bytes: it lies at the end of RAM."""
    base = (128 - 16) << 20
    memory = machine.read_memory(base, 16 << 20)
    for match in re.finditer(rb"APIC", memory):
        size = int.from_bytes(memory[match.start() + 4:match.start() + 8], "little")
        table = memory[match.start():match.start() + size]
        if MADT_HEADER_BYTES < size < 1024 and sum(table) % 256 == 0:
            return base + match.start(), table
    raise AssertionError("no MADT")


def flags_of_absent_cpus(table):
    """Offsets of the flags of those that could be plugged in (ACPI 6.5, 5.2.12.2)."""
    at = MADT_HEADER_BYTES
    while at < len(table):
        if table[at] == 0 and not table[at + 4] & MADT_CPU_ENABLED:
            yield at + 4
        at += table[at + 1]


@pytest.mark.parametrize("firmware", ["bios"], indirect=True, scope="module")
def test_cpu_that_does_not_answer_is_named(firmware, start, disk_with, tmp_path):
    """Two CPUs are there and four are said to be: the kernel finds that out, and uses the two."""
    words = "test=smp_run_reaches_every_cpu exit"
    machine = start(firmware, disk_with(words), cpus="2,maxcpus=4", arguments=stub_arguments(tmp_path / "gdb"))
    with gdb_stub(tmp_path / "gdb") as stub:
        stub.run_until(symbols()["smp_start"])
        paddr, table = find_madt(machine)
        flags = list(flags_of_absent_cpus(table))
        for offset in flags:
            stub.write_physical(paddr + offset, bytes([MADT_CPU_ENABLED]))
    machine.wait_for_rest()
    assert len(flags) == 2
    told = [line.strip() for line in machine.serial().split("cpus  ")[1].splitlines()[:3]]
    assert told == ["2 of 4 started, APIC ids 0 to 1, CPU with APIC id 2 does not answer,",
                    "CPU with APIC id 3 does not answer"] + told[2:]
    assert Ktap(machine.serial().splitlines()).passed == {"smp_run_reaches_every_cpu": True}
    assert machine.exit_code == EXIT_SUCCESS


def test_low_memory_that_is_all_boot_services(start, disk_copy):
    """What the firmware has left there is nobody's, so CPUs are started in it."""
    disk = with_cmdline(under_starter(disk_copy(), "0L"), "test=smp_run_reaches_every_cpu exit")
    machine = start("uefi", disk, cpus=2).wait_for_rest()
    report = Report(machine.serial())
    assert not [kind for base, end, kind in report.regions if kind == "usable" and base < 0xA0000]
    assert report.field("cpus") == "2 of 2 started, APIC ids 0 to 1"
    assert Ktap(machine.serial().splitlines()).passed == {"smp_run_reaches_every_cpu": True}
    assert machine.exit_code == EXIT_SUCCESS
