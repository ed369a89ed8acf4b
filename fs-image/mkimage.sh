#!/bin/bash
#
# mkimage.sh OUTPUT.img BOOTX64.EFI MBR.bin LOADER.bin [FILE...]
#
# Makes a disk that boots by BIOS and by UEFI: an MBR with one active FAT32 partition, our loader in the gap
# before it, \EFI\BOOT\BOOTX64.EFI, each FILE beside it and whatever lies under fs-image/root/. Needs mtools; neither
# root nor loop devices. The same input gives the same bytes, wherever and whenever it runs; the image is sparse.
#
# 72 MiB: the smallest round size at which FAT32 has its 65525 clusters with two sectors each, so that one
# sector of the FAT tells about 128 KiB of a file.

set -euo pipefail

readonly IMAGE_SECTORS=$((72 * 2048))
readonly PARTITION_LBA=2048

if [ $# -lt 4 ]; then
    echo "usage: $0 OUTPUT.img BOOTX64.EFI MBR.bin LOADER.bin [FILE...]" >&2
    exit 2
fi
output=$1 image=$2 mbr=$3 loader=$4
shift 4
here=$(dirname "$0")
# shellcheck source=fs-image/common.sh
. "$here/common.sh"
loader_lba=$(sed -n 's/^#define LOADER_LBA *//p' "$here/../legacy/realmode.h")
partition_sectors=$((IMAGE_SECTORS - PARTITION_LBA))
sha256=$(sha256sum <"$image")

# chs LBA: the three bytes of a partition entry that name a sector by cylinder, head and sector.
chs() {
    local track=$(($1 / TRACK_SECTORS))
    local cylinder=$((track / HEADS))
    printf '%02x%02x%02x' $((track % HEADS)) $(($1 % TRACK_SECTORS + 1 | cylinder >> 8 << 6)) $((cylinder & 255))
}

if [ "$(stat -c %s "$mbr")" -ne 512 ] || [ "$(stat -c %s "$loader")" -gt $(((PARTITION_LBA - loader_lba) * 512)) ]; then
    echo "$0: $mbr or $loader has the wrong size" >&2
    exit 1
fi

disk=$(realpath "$(mktemp "$output.XXXXXX")")
trap 'rm -f "$disk"' EXIT
truncate -s $((IMAGE_SECTORS * 512)) "$disk"
volume=$disk@@$((PARTITION_LBA * 512))

dd if="$mbr" of="$disk" conv=notrunc status=none
dd if="$loader" of="$disk" bs=512 seek="$loader_lba" conv=notrunc status=none
write_hex "$disk" 440 "${sha256:0:8}" 0000
# Active, type 0x0c: the pair that most BIOSes start and that UEFI reads as well.
write_hex "$disk" 446 80 "$(chs $PARTITION_LBA)" 0c "$(chs $((IMAGE_SECTORS - 1)))" \
    "$(le32 $PARTITION_LBA)" "$(le32 $partition_sectors)"

make_volume "$volume" $partition_sectors 2 $PARTITION_LBA "$image" "$@"

chmod 644 "$disk"
mv "$disk" "$output"
trap - EXIT
