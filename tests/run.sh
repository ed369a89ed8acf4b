#!/bin/sh
# run.sh uefi|bios - starts build/janus.img in QEMU. With a display: a window, which stays. Without: the serial port on
# this terminal, and back to the shell after the report, because the word `exit` is on the command line.
set -eu
route=$1
build=${JANUS_BUILD:-build}

cp --sparse=always "$build/janus.img" "$build/run.img"
set -- -machine q35 -m 256 -nodefaults -device VGA -no-reboot -drive "file=$build/run.img,format=raw" \
    -serial stdio -device isa-debug-exit,iobase=0xf4
if [ "$route" = uefi ]; then
    # shellcheck disable=SC2046 # two words: code, variables
    set -- "$@" $(ovmf/drives.sh "$build")
fi
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec qemu-system-x86_64 "$@"
fi
echo exit | mcopy -i "$build/run.img@@1M" - ::janus.cfg
code=0
qemu-system-x86_64 "$@" -display none || code=$?
[ "$code" = 33 ] || { echo "QEMU ended with $code, not with 33 for success" >&2; exit 1; }
