"""page_walk.py - a machine's page tables, walked from CR3 through physical memory (Intel SDM vol. 3A, chapter 4)."""
import collections
import struct

PRESENT, WRITE, USER, PWT, PCD, LARGE, NX = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 7, 1 << 63
ADDRESS = 0x000FFFFFFFFFF000
CR4_LA57 = 1 << 12

Page = collections.namedtuple("Page", "vaddr size paddr writable executable user pat_entry")


def _walk(machine, table, level, vaddr, writable, executable, user):
    """Rights are those of the whole path: a page is writable if every level says so."""
    for index, entry in enumerate(struct.unpack("<512Q", machine.read_memory(table, 4096))):
        if not entry & PRESENT:
            continue
        here = vaddr + (index << (12 + 9 * (level - 1)))
        may_write, may_execute = writable and bool(entry & WRITE), executable and not entry & NX
        may_user = user and bool(entry & USER)
        if level > 1 and not entry & LARGE:
            yield from _walk(machine, entry & ADDRESS, level - 1, here, may_write, may_execute, may_user)
            continue
        size = 4096 << (9 * (level - 1))
        pat_bit = entry >> (7 if level == 1 else 12) & 1
        pat_entry = pat_bit << 2 | bool(entry & PCD) << 1 | bool(entry & PWT)
        yield Page(_canonical(here), size, entry & ADDRESS & ~(size - 1), may_write, may_execute, may_user,
                   pat_entry)


def _canonical(vaddr):
    bits = 57 if vaddr >> 48 and vaddr >> 48 != 0xFFFF else 48
    return vaddr | (~0 << bits) & 0xFFFFFFFFFFFFFFFF if vaddr >> (bits - 1) & 1 else vaddr


def pages(machine):
    """Every page that is mapped."""
    levels = 5 if machine.register("CR4") & CR4_LA57 else 4
    return list(_walk(machine, machine.register("CR3") & ADDRESS, levels, 0, True, True, True))


def page_of(all_pages, vaddr):
    """The page that maps an address; None if there is none."""
    return next((page for page in all_pages if page.vaddr <= vaddr < page.vaddr + page.size), None)
