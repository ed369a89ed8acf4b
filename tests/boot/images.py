"""images.py - copies of the disk image that differ from it in one thing, made with mtools."""
import pathlib
import shutil
import struct
import subprocess

from screen import BUILD

IMAGE = BUILD / "janus.img"
FILE = BUILD / "BOOTX64.EFI"
ELF = BUILD / "janus.elf"

PARTITION_OFFSET = 2048 * 512
PARTITION_ENTRY = 446
FILE_ON_DISK = "EFI/BOOT/BOOTX64.EFI"
IA32_ON_DISK = "EFI/BOOT/BOOTIA32.EFI"


def mtools(command, disk, *arguments, data=None):
    """Runs an mtools command on the image's partition; gives what it prints."""
    return subprocess.run([command, "-i", f"{disk}@@{PARTITION_OFFSET}", *map(str, arguments)], input=data,
                          check=True, capture_output=True).stdout


def copy_disk(path, disk=IMAGE):
    subprocess.run(["cp", "--sparse=always", disk, path], check=True)
    return pathlib.Path(path)


def put(disk, name, data):
    """Writes a file of these bytes, over an old one if there is one."""
    mtools("mcopy", disk, "-o", "-", f"::/{name}", data=data)
    return disk


def get(disk, name):
    return mtools("mcopy", disk, f"::/{name}", "-")


def with_cmdline(disk, words):
    return put(disk, "janus.cfg", words.encode() + b"\n")


def format_partition(disk, cluster_sectors):
    """An empty FAT32 file system of this cluster size, in a partition large enough for it, with the boot folder."""
    num_sectors = max(65600 * (cluster_sectors + 1), 71 * 2048)
    with open(disk, "r+b") as f:
        f.truncate(PARTITION_OFFSET + num_sectors * 512)
        f.seek(PARTITION_ENTRY + 12)
        f.write(struct.pack("<I", num_sectors))
    mtools("mformat", disk, "-F", "-c", cluster_sectors, "-T", num_sectors, "-h", 255, "-s", 63, "-H", 2048, "::")
    mtools("mmd", disk, "::/EFI", "::/EFI/BOOT")
    return disk


def forget_free_cluster(disk):
    """Empties the file system's note of where free clusters begin, so that gaps at its beginning are filled."""
    with open(disk, "r+b") as f:
        f.seek(PARTITION_OFFSET + 512 + 492)
        f.write(b"\xff\xff\xff\xff")


def symbols():
    """Addresses by name, from the ELF file."""
    lines = subprocess.check_output(["nm", ELF], text=True).splitlines()
    return {name: int(address, 16) for address, _, name in (line.split() for line in lines)}


def build_id():
    """The linker's build id in hex, from the ELF file."""
    notes = subprocess.check_output(["readelf", "-nW", ELF], text=True)
    return next(line.split()[-1] for line in notes.splitlines() if "Build ID:" in line)


def file_clusters(disk, name=FILE_ON_DISK):
    """The ranges of clusters that a file lies in, as mshowfat tells them: [(first, last)]."""
    words = mtools("mshowfat", disk, f"::/{name}").decode().split()[1:]
    ranges = [word.strip("<>").split("-") for word in words]
    return [(int(r[0]), int(r[-1])) for r in ranges]


def cluster_lba(disk, cluster):
    """The sector of the disk that a cluster begins at, from the file system's own boot sector."""
    with open(disk, "rb") as f:
        f.seek(PARTITION_OFFSET)
        sector = f.read(512)
    sectors_per_cluster, reserved, num_fats = struct.unpack_from("<BHB", sector, 13)
    fat_sectors = struct.unpack_from("<I", sector, 36)[0]
    return PARTITION_OFFSET // 512 + reserved + num_fats * fat_sectors + (cluster - 2) * sectors_per_cluster


def remove(path):
    """Images are large: gone as soon as the test is over."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
