#!/bin/sh
# drives.sh BUILD - the QEMU options for OVMF: its code, and a copy of its variables of this run's own in BUILD.
set -eu

found=$("$(dirname "$0")/ovmf.sh")
cp "${found#* }" "$1/ovmf_vars.fd"
echo "-drive if=pflash,unit=0,format=raw,readonly=on,file=${found% *} -drive if=pflash,unit=1,format=raw,file=$1/ovmf_vars.fd"
