#!/bin/bash
#
# mkgpt.sh OUTPUT.img JANUS.img BOOTX64.EFI
#
# Makes a GPT disk of the disk that mkimage.sh made, for machines that refuse any other: the same MBR code, loader and
# FAT32 volume at the same places; a protective MBR, and a GPT with the volume as EFI system partition. The loader's
# gap becomes a BIOS boot partition, as GRUB's is, so that no tool takes it for free space. Needs sgdisk; neither root
# nor loop devices. The same input gives the same bytes; the image is sparse.

set -euo pipefail
export LC_ALL=C

readonly GPT_SECTORS=34 # header, table and what stands before them; the copy at the end needs one less
readonly PARTITION_LBA=2048
readonly ESP=ef00 BIOS_BOOT=ef02 # as sgdisk abbreviates the GUIDs

if [ $# -ne 3 ]; then
    echo "usage: $0 OUTPUT.img JANUS.img BOOTX64.EFI" >&2
    exit 2
fi
output=$1 source=$2 image=$3
sha256=$(sha256sum <"$image")

# guid NUMBER: a GUID of its own for each number, made of the hash of the file (RFC 9562, 5.8: version 8).
guid() {
    local hex
    hex=$(echo "$sha256 $1" | sha256sum)
    echo "${hex:0:8}-${hex:8:4}-8${hex:13:3}-8${hex:17:3}-${hex:20:12}"
}

disk=$(realpath "$(mktemp "$output.XXXXXX")")
trap 'rm -f "$disk"' EXIT
cp --sparse=always "$source" "$disk"
end=$(($(stat -c %s "$disk") / 512 - 1)) # of the partition, and of the disk so far
truncate -s +1M "$disk"

log=$(sgdisk --mbrtogpt --clear --disk-guid="$(guid 0)" \
    --new=1:$PARTITION_LBA:$end --typecode=1:$ESP --partition-guid="1:$(guid 1)" --change-name=1:Janus \
    --set-alignment=1 \
    --new=2:$GPT_SECTORS:$((PARTITION_LBA - 1)) --typecode=2:$BIOS_BOOT --partition-guid="2:$(guid 2)" \
    --change-name=2:Loader "$disk" 2>&1) || {
    echo "$log" >&2
    exit 1
}

chmod 644 "$disk"
mv "$disk" "$output"
trap - EXIT
