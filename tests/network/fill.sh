#!/bin/sh
# fill.sh BUILD FOLDER - puts into FOLDER what dnsmasq.conf gives away: the file, PXELINUX, and what loaders are told.
set -eu
build=$1
folder=$2
here=$(dirname "$0")

pxelinux=$("$here/pxelinux.sh")
mkdir -p "$folder/pxelinux.cfg"
# shellcheck disable=SC2086 # two words: program, module
cp "$build/BOOTX64.EFI" "$here/janus.ipxe" $pxelinux "$folder"
cp "$here/pxelinux.cfg" "$folder/pxelinux.cfg/default"
