"""The file as bytes: a PE32+ image, a Linux boot protocol image, and one flat layout for both."""
import struct
import subprocess
import zlib
from collections import namedtuple

import pytest

MEM_EXECUTE, MEM_READ, MEM_WRITE = 0x20000000, 0x40000000, 0x80000000
NX_COMPAT = 0x0100
RELOCATIONS_STRIPPED = 0x0001
EXECUTABLE = 0x0002

Section = namedtuple("Section", "name virtual_size rva raw_size offset flags")


@pytest.fixture(scope="session")
def pe(file):
    """Offset of the PE header."""
    return struct.unpack_from("<I", file, 0x3C)[0]


@pytest.fixture(scope="session")
def optional(file, pe):
    """Fields of the optional header by name (Microsoft PE format, "Optional Header")."""
    names = ("magic linker_major linker_minor code_bytes data_bytes bss_bytes entry code_base base section_alignment "
             "file_alignment os_major os_minor image_major image_minor subsystem_major subsystem_minor win32 "
             "image_bytes header_bytes checksum subsystem characteristics stack_reserve stack_commit heap_reserve "
             "heap_commit loader_flags num_directories").split()
    return dict(zip(names, struct.unpack_from("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", file, pe + 24)))


@pytest.fixture(scope="session")
def sections(file, pe):
    count, optional_bytes = struct.unpack_from("<6xH12xH", file, pe)
    at = pe + 24 + optional_bytes
    rows = [struct.unpack_from("<8sIIII12xI", file, at + 40 * i) for i in range(count)]
    return [Section(name.rstrip(b"\0").decode(), *rest) for name, *rest in rows]


def test_pe_header(file, pe, optional):
    assert file[:2] == b"MZ" and file[pe:pe + 4] == b"PE\0\0"
    machine, characteristics = struct.unpack_from("<4xH16xH", file, pe)
    assert machine == 0x8664
    assert characteristics & EXECUTABLE and not characteristics & RELOCATIONS_STRIPPED
    assert optional["magic"] == 0x20B
    assert optional["subsystem"] == 10
    assert optional["characteristics"] & NX_COMPAT


def test_all_sixteen_directories_are_there(file, pe, optional):
    """Firmware refuses shorter headers; only the base relocations are in use."""
    assert optional["num_directories"] == 16
    assert struct.unpack_from("<20xH", file, pe)[0] == 112 + 16 * 8
    directories = struct.unpack_from("<32I", file, pe + 24 + 112)
    assert [i for i in range(16) if directories[2 * i]] == [5]


def test_sections_follow_each_other(file, optional, sections):
    """In memory at pages of their own, in the file without a gap: over gaps not everybody sums alike."""
    assert optional["section_alignment"] == 4096
    assert [s.name for s in sections] == [".text", ".rodata", ".data", ".reloc", ".sbat"]
    end = offset = optional["header_bytes"]
    for section in sections:
        assert section.rva % 4096 == 0 and section.rva >= end
        assert section.offset == offset and section.raw_size % optional["file_alignment"] == 0
        end, offset = section.rva + section.virtual_size, offset + section.raw_size
    assert offset == len(file)
    assert optional["image_bytes"] == (end + 4095) // 4096 * 4096


def test_the_kernel_lies_in_the_file_as_in_memory(sections, symbols):
    """A plain copy gives the same as loading by sections; what only UEFI reads comes behind it."""
    assert all(s.rva == s.offset for s in sections[:3])
    assert all(s.rva >= symbols["image_end"] and s.offset >= symbols["data_raw_end"] for s in sections[3:])


def test_firmware_loads_every_byte_that_is_summed(sections, symbols):
    """What lies between sections it leaves as it was, and memory is not always clear."""
    text, rodata = sections[:2]
    assert text.rva == symbols["text_start"]
    assert text.rva + min(text.raw_size, text.virtual_size) == rodata.rva
    assert rodata.rva + min(rodata.raw_size, rodata.virtual_size) >= symbols["rodata_end"]


def test_no_section_is_writable_and_executable(sections):
    assert all(s.flags & MEM_READ for s in sections)
    assert not any(s.flags & MEM_WRITE and s.flags & MEM_EXECUTE for s in sections)
    assert [s.name for s in sections if s.flags & MEM_EXECUTE] == [".text"]
    assert [s.name for s in sections if s.flags & MEM_WRITE] == [".data"]


def test_entry_point_is_code(symbols, optional, sections):
    assert optional["entry"] == symbols["efi_main"]
    assert sections[0].rva <= optional["entry"] < sections[0].rva + sections[0].virtual_size


def test_relocations_are_one_empty_block(file, pe, sections):
    rva, size = struct.unpack_from("<II", file, pe + 24 + 112 + 5 * 8)
    reloc = next(s for s in sections if s.name == ".reloc")
    assert rva == reloc.rva and size == 12
    page, block_bytes, *entries = struct.unpack_from("<IIHH", file, reloc.offset)
    assert block_bytes == size and page == sections[0].rva
    assert all(entry >> 12 == 0 for entry in entries)


def test_pe_checksum(file, pe):
    """One's complement sum of all words but the field itself, plus the length."""
    at = pe + 24 + 64
    total = 0
    for offset in range(0, len(file), 2):
        if offset not in (at, at + 2):
            total += file[offset] | file[offset + 1] << 8
            total = (total & 0xFFFF) + (total >> 16)
    assert struct.unpack_from("<I", file, at)[0] == total + len(file)


def test_size_is_a_multiple_of_eight(file):
    """Or signing tools and firmware disagree about the hash."""
    assert len(file) % 8 == 0


def test_linux_setup_header(file):
    """Linux Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header"."""
    assert struct.unpack_from("<H", file, 0x1FE)[0] == 0xAA55
    assert file[0x200] == 0xEB and file[0x202:0x206] == b"HdrS"
    assert struct.unpack_from("<H", file, 0x206)[0] == 0x020F
    assert file[0x211] & 1  # loaded high
    assert file[0x234] == 1 and file[0x235] == 12  # relocatable, to 4 KiB
    version = struct.unpack_from("<H", file, 0x20E)[0] + 0x200
    assert file[version:].startswith(b"Janus")


def test_linux_entries(file, symbols):
    """The 64-bit entry, EFI handover (64-bit loaders add 0x200), and kernel_info; counted from the 32-bit entry on."""
    xloadflags, handover, info = (struct.unpack_from(*field)[0] for field in (
        ("<H", file, 0x236), ("<I", file, 0x264), ("<I", file, 0x268)))
    assert xloadflags == 1 | 8
    assert symbols["entry32"] == symbols["text_start"] and symbols["entry64"] == symbols["text_start"] + 0x200
    assert symbols["text_start"] + handover + 0x200 == symbols["handover64"]
    assert struct.unpack_from("<4sII", file, symbols["text_start"] + info) == (b"LToP", 16, 16)


def test_multiboot1_header(file, symbols):
    """Multiboot 0.6.96, 3.1: at a multiple of 4 in the first 8 KiB; what lies where, and the sum."""
    at = next(i for i in range(0, 8192 - 48, 4) if file.startswith(struct.pack("<I", 0x1BADB002), i))
    magic, flags, checksum, header, load, load_end, end, entry, *_ = struct.unpack_from("<12I", file, at)
    assert (magic + flags + checksum) % (1 << 32) == 0
    assert flags == 1 << 1 | 1 << 2 | 1 << 16
    assert header - load == at and load >= 1 << 20
    assert load_end - load == symbols["data_raw_end"] and end - load == symbols["image_end"]
    assert entry - load == symbols["multiboot_entry"]


def multiboot2_tags(file):
    """Offset of the header, and (type, bytes behind its head) of each tag."""
    at = next(i for i in range(0, 32768, 8) if file.startswith(struct.pack("<II", 0xE85250D6, 0), i))
    magic, architecture, size, checksum = struct.unpack_from("<4I", file, at)
    assert (magic + architecture + size + checksum) % (1 << 32) == 0
    tags, tag = [], at + 16
    while tag < at + size:
        kind, _, length = struct.unpack_from("<HHI", file, tag)
        tags.append((kind, file[tag + 8:tag + length]))
        tag += (length + 7) // 8 * 8
    assert tag == at + size and tags[-1] == (0, b"")
    return at, dict(tags)


def test_multiboot2_header(file, symbols):
    """Multiboot2 2.0, 3.1: at a multiple of 8 in the first 32 KiB; what lies where, at which pages, entered where."""
    at, tags = multiboot2_tags(file)
    header, load, load_end, end = struct.unpack("<4I", tags[2])
    assert header - load == at
    assert load_end - load == symbols["data_raw_end"] and end - load == symbols["image_end"]
    assert struct.unpack("<I", tags[3])[0] - load == symbols["multiboot_entry"]
    assert struct.unpack("<I", tags[9])[0] - load == symbols["multiboot2_efi_entry"]
    assert tags[7] == b""  # boot services stay
    assert struct.unpack("<4I", tags[10]) == (1 << 20, 0xFFFFFFFF, 4096, 1)
    assert set(tags) == {0, 2, 3, 4, 5, 7, 9, 10}


@pytest.mark.parametrize("kind", ["x86-multiboot", "x86-multiboot2", "x86-linux32", "x86_64-efi"])
def test_grub_takes_it_for(build, kind):
    subprocess.run(["grub-file", f"--is-{kind}", build / "BOOTX64.EFI"], check=True)


def test_linux_sizes_cover_the_file_and_its_memory(file, symbols, optional):
    setup_bytes = (file[0x1F1] + 1) * 512
    syssize, init_size = struct.unpack_from("<I", file, 0x1F4)[0], struct.unpack_from("<I", file, 0x260)[0]
    assert setup_bytes == symbols["text_start"]
    assert setup_bytes + syssize * 16 == symbols["data_raw_end"]
    assert setup_bytes + init_size == symbols["image_end"] >= symbols["bss_end"]
    assert setup_bytes + init_size <= optional["image_bytes"]


def test_headers_keep_out_of_each_others_way(file, pe, sections):
    linux_end = 0x202 + file[0x201]
    section_table_end = pe + 24 + struct.unpack_from("<20xH", file, pe)[0] + 40 * len(sections)
    assert 0x200 < linux_end <= pe
    assert section_table_end <= 0x480  # where the Multiboot headers begin


def test_sum_of_the_read_only_part(file, symbols):
    stored = struct.unpack_from("<I", file, symbols["image_crc32"])[0]
    assert stored == zlib.crc32(file[symbols["text_start"]:symbols["rodata_end"]])
    assert symbols["image_crc32"] >= symbols["data_start"]


def test_nothing_points_to_the_machine_it_was_built_on(file, build):
    assert str(build.parent).encode() not in file
