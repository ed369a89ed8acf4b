# common.sh - what the scripts that make images share. Sourced, for bash, with set -eu.

export LC_ALL=C TZ=UTC0 MTOOLSRC=/dev/null
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1704067200} # 2024-01-01

readonly HEADS=255 TRACK_SECTORS=63

# write_hex FILE OFFSET HEX...: the bytes named in hexadecimal, at an offset in bytes.
write_hex() {
    local file=$1 at=$2
    shift 2
    printf '%b' "$(echo "$*" | tr -d ' ' | sed 's/../\\x&/g')" |
        dd of="$file" bs=1 seek="$at" conv=notrunc status=none
}

# le32 NUMBER: its four bytes, little-endian, in hexadecimal.
le32() {
    printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# make_volume VOLUME SECTORS CLUSTER_SECTORS PARTITION_LBA BOOTX64.EFI [FILE...]: formats VOLUME, as mtools names it
# (FILE or FILE@@BYTES), which lies PARTITION_LBA behind the beginning of its disk, and puts \EFI\BOOT\BOOTX64.EFI, each
# FILE beside it and whatever lies under fs-image/root/ on it. The same input gives the same bytes.
make_volume() {
    local volume=$1 sectors=$2 cluster_sectors=$3 lba=$4 image=$5 root name hash
    shift 5
    root=$(dirname "${BASH_SOURCE[0]}")/root
    hash=$(sha256sum <"$image")

    mformat -i "$volume" -F -c "$cluster_sectors" -h $HEADS -s $TRACK_SECTORS -T "$sectors" -H "$lba" \
        -N "${hash:8:8}" -v JANUS ::
    mmd -i "$volume" ::/EFI ::/EFI/BOOT
    mcopy -i "$volume" "$image" ::/EFI/BOOT/BOOTX64.EFI
    for name in "$@"; do
        mcopy -i "$volume" "$name" ::/EFI/BOOT/
    done
    [ -d "$root" ] || return 0
    (cd "$root" && find . -mindepth 1 -type d ! -ipath ./EFI ! -ipath ./EFI/BOOT | sort) | while read -r name; do
        mmd -i "$volume" "::/${name#./}"
    done
    (cd "$root" && find . -type f | sort) | while read -r name; do
        mcopy -i "$volume" "$root/$name" "::/${name#./}"
    done
}
