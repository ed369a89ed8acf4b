#!/bin/sh
# debug.sh uefi|bios - QEMU stopped at the first instruction of the file, gdb on it, symbols at the right addresses
# before and after the handoff. GDB_ARGS are passed to gdb, e.g. GDB_ARGS='-batch -ex bt'.
set -eu
route=$1
build=${JANUS_BUILD:-build}

cp --sparse=always "$build/janus.img" "$build/debug.img"
set -- -machine q35 -m 256 -nodefaults -device VGA -display "${QEMU_DISPLAY:-none}" -serial "file:$build/debug.log" \
    -drive "file=$build/debug.img,format=raw" -gdb "unix:$build/gdb.sock,server=on,wait=off" -S
if [ "$route" = uefi ]; then
    # shellcheck disable=SC2046 # two words: code, variables
    set -- "$@" $(ovmf/drives.sh "$build")
fi
rm -f "$build/gdb.sock"
qemu-system-x86_64 "$@" &
qemu=$!
trap 'kill $qemu 2> /dev/null || true' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -S "$build/gdb.sock" ] || sleep 1
done
echo "Serial port: $build/debug.log"
case $route in uefi) entry=efi_main ;; *) entry=entry_common ;; esac
# shellcheck disable=SC2086 # words of the user's
gdb -q "$build/janus.elf" -ex "target remote $build/gdb.sock" -ex "set \$entry = \"$entry\"" \
    -ex "set \$elf = \"$build/janus.elf\"" -x tests/debug.gdb ${GDB_ARGS:-}
