"""The .sbat section of both files: what shim reads before it starts them."""
import re
import struct

import pytest

SPECIFICATION = "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md"


@pytest.fixture(scope="module", params=["BOOTX64.EFI", "BOOTIA32.EFI"])
def image(request, build):
    return (build / request.param).read_bytes()


def section(image, name):
    """The bytes of a section, as long as they are in memory."""
    pe = struct.unpack_from("<I", image, 0x3C)[0]
    count, optional_bytes = struct.unpack_from("<6xH12xH", image, pe)
    for at in range(pe + 24 + optional_bytes, pe + 24 + optional_bytes + 40 * count, 40):
        found, virtual_size, _, raw_size, offset, flags = struct.unpack_from("<8sIIII12xI", image, at)
        if found.rstrip(b"\0").decode() == name:
            assert virtual_size <= raw_size and flags == 0x40000040  # initialised data, read
            return image[offset:offset + virtual_size]
    raise AssertionError(f"no section {name}")


def test_lines_have_all_their_fields(image, build):
    """The version is that of the first line that the kernel prints."""
    text = section(image, ".sbat").decode("ascii")
    assert text.endswith("\n")
    specification, janus = text[:-1].split("\n")
    assert specification == SPECIFICATION
    component, generation, vendor, package, version, address = janus.split(",")
    assert (component, vendor, package) == ("janus", "Janus", "janus")
    assert int(generation) >= 1 and address
    banner = re.search(rb"Janus (\d+\.\d+\.\d+)\0", (build / "BOOTX64.EFI").read_bytes())
    assert version.encode() == banner[1]
