#!/bin/bash
#
# mkiso.sh OUTPUT.iso BOOTX64.EFI MBR.bin EL_TORITO.bin LOADER.bin [FILE...]
#
# Makes a CD that is a disk as well: burnt, it boots by BIOS and by UEFI through El Torito; written to a USB stick, it
# boots by both. One FAT32 volume behind the ISO 9660 file system serves all four, so that the program is in it once:
# it is the MBR's active partition, and for UEFI the boot image of the CD. The loader lies in the system area, where
# the MBR looks for it, and again in the boot image for a BIOS. Needs xorriso and mtools; neither root nor loop devices.
# The same input gives the same bytes; the image is sparse.
#
# 33 MiB: FAT32 has its 65525 clusters, with one sector each. The catalog has no number for a boot image as large; it
# says 0: up to the end of the disc (UEFI 2.10, 13.3.2.1). To EDK II that is the end of the ISO 9660 volume, which is
# therefore made to reach there.

set -euo pipefail

readonly VOLUME_SECTORS=$((33 * 2048))
readonly SYSTEM_AREA_BYTES=32768 CD_BLOCK_SECTORS=4
readonly MBR_SIGNATURE=440
readonly VOLUME_SPACE_SIZE=$((16 * 2048 + 80)) # in the primary volume descriptor, in both byte orders (ECMA-119, 8.4.8)

if [ $# -lt 5 ]; then
    echo "usage: $0 OUTPUT.iso BOOTX64.EFI MBR.bin EL_TORITO.bin LOADER.bin [FILE...]" >&2
    exit 2
fi
output=$1 image=$2 mbr=$3 el_torito=$4 loader=$5
shift 5
here=$(dirname "$0")
# shellcheck source=fs-image/common.sh
. "$here/common.sh"
loader_lba=$(sed -n 's/^#define LOADER_LBA *//p' "$here/../legacy/realmode.h")
sha256=$(sha256sum <"$image")

work=$(realpath "$(mktemp -d "$output.XXXXXX")")
trap 'rm -rf "$work"' EXIT

# What stands before the file system: MBR with a disk signature, loader.
truncate -s $SYSTEM_AREA_BYTES "$work/system"
dd if="$mbr" of="$work/system" conv=notrunc status=none
dd if="$loader" of="$work/system" bs=512 seek="$loader_lba" conv=notrunc status=none
write_hex "$work/system" $MBR_SIGNATURE "${sha256:0:8}"
if [ "$(stat -c %s "$work/system")" -ne $SYSTEM_AREA_BYTES ]; then
    echo "$0: $loader does not fit before an ISO 9660 file system" >&2
    exit 1
fi

mkdir "$work/tree"
cat "$el_torito" "$loader" >"$work/tree/boot.img"
touch -d "@$SOURCE_DATE_EPOCH" "$work/tree/boot.img" "$work/tree"

# make_iso ARGUMENT...: xorriso, which says nothing unless it fails.
make_iso() {
    xorriso -as mkisofs -V JANUS -p JANUS -no-pad -G "$work/system" \
        -c boot.cat -b boot.img -no-emul-boot -boot-load-size $CD_BLOCK_SECTORS -boot-info-table \
        "$@" "$work/tree" 2>"$work/log" || {
        cat "$work/log" >&2
        exit 1
    }
}

# The volume begins where the file system ends.
volume_lba=$(($(make_iso -print-size) * CD_BLOCK_SECTORS))
truncate -s $((VOLUME_SECTORS * 512)) "$work/volume"
make_volume "$work/volume" $VOLUME_SECTORS 1 $volume_lba "$image" "$@"
make_iso -o "$work/iso" -eltorito-alt-boot -e --interval:appended_partition_1:all:: -no-emul-boot \
    -append_partition 1 0x0c "$work/volume" --mbr-force-bootable

num_blocks=$(($(stat -c %s "$work/iso") / 2048))
write_hex "$work/iso" $VOLUME_SPACE_SIZE "$(le32 $num_blocks)" "$(printf '%08x' $num_blocks)"

cp --sparse=always "$work/iso" "$work/sparse"
chmod 644 "$work/sparse"
mv "$work/sparse" "$output"
