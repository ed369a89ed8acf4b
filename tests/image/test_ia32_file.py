"""BOOTIA32.EFI as bytes: a small PE32 image that 32-bit firmware starts."""
import struct
from collections import namedtuple

import pytest

MEM_EXECUTE, MEM_READ, MEM_WRITE = 0x20000000, 0x40000000, 0x80000000
NX_COMPAT = 0x0100
OPTIONAL_BYTES = 96 + 16 * 8

Section = namedtuple("Section", "name virtual_size rva raw_size offset flags")


@pytest.fixture(scope="module")
def loader(build):
    return (build / "BOOTIA32.EFI").read_bytes()


@pytest.fixture(scope="module")
def pe(loader):
    """Offset of the PE header."""
    return struct.unpack_from("<I", loader, 0x3C)[0]


@pytest.fixture(scope="module")
def sections(loader, pe):
    count = struct.unpack_from("<6xH", loader, pe)[0]
    rows = [struct.unpack_from("<8sIIII12xI", loader, pe + 24 + OPTIONAL_BYTES + 40 * i) for i in range(count)]
    return [Section(name.rstrip(b"\0").decode(), *rest) for name, *rest in rows]


def test_pe32_header(loader, pe):
    """An EFI application for the i386 with all sixteen directories, of which the base relocations are in use."""
    assert loader[:2] == b"MZ" and loader[pe:pe + 4] == b"PE\0\0"
    machine, optional_bytes, characteristics = struct.unpack_from("<4xH14xHH", loader, pe)
    assert (machine, optional_bytes, characteristics) == (0x14C, OPTIONAL_BYTES, 0x0102)
    assert struct.unpack_from("<H", loader, pe + 24)[0] == 0x10B
    subsystem, flags = struct.unpack_from("<HH", loader, pe + 24 + 68)
    assert subsystem == 10 and flags & NX_COMPAT
    assert struct.unpack_from("<I", loader, pe + 24 + 92)[0] == 16
    directories = struct.unpack_from("<32I", loader, pe + 24 + 96)
    assert [i for i in range(16) if directories[2 * i]] == [5]


def test_sections(loader, pe, sections):
    """Pages of their own in memory, one behind the other in the file, none writable and executable."""
    section_alignment, file_alignment = struct.unpack_from("<II", loader, pe + 24 + 32)
    image_bytes, header_bytes = struct.unpack_from("<II", loader, pe + 24 + 56)
    assert (section_alignment, file_alignment) == (4096, 512)
    end, offset = header_bytes, header_bytes
    for section in sections:
        assert section.rva % 4096 == 0 and section.rva >= end
        assert section.raw_size == 0 or section.offset == offset
        assert not (section.flags & MEM_WRITE and section.flags & MEM_EXECUTE)
        end, offset = section.rva + section.virtual_size, offset + section.raw_size
    assert image_bytes == end and len(loader) == offset
    assert [s.name for s in sections if s.flags & MEM_EXECUTE] == [".text"]
    assert [s.name for s in sections if s.flags & MEM_WRITE] == [".bss"]


def test_entry_point_is_code(loader, pe, sections):
    entry = struct.unpack_from("<I", loader, pe + 24 + 16)[0]
    assert sections[0].rva <= entry < sections[0].rva + sections[0].virtual_size


def test_relocations_are_one_empty_block(loader, pe, sections):
    rva, size = struct.unpack_from("<II", loader, pe + 24 + 96 + 5 * 8)
    reloc = next(s for s in sections if s.name == ".reloc")
    assert rva == reloc.rva and size == reloc.virtual_size == 12
    page, block_bytes, *entries = struct.unpack_from("<IIHH", loader, reloc.offset)
    assert block_bytes == size and page == sections[0].rva and not any(entry >> 12 for entry in entries)


def test_pe_checksum(loader, pe):
    at = pe + 24 + 64
    total = 0
    for offset in range(0, len(loader), 2):
        if offset not in (at, at + 2):
            total += loader[offset] | loader[offset + 1] << 8
            total = (total & 0xFFFF) + (total >> 16)
    assert struct.unpack_from("<I", loader, at)[0] == total + len(loader)


def test_is_small(loader, build):
    assert len(loader) <= 12 * 1024 and len(loader) % 8 == 0
    assert str(build.parent).encode() not in loader
