#!/bin/sh
# run.sh [ENVIRONMENT] - runs the tests of this folder on the machines of a labgrid environment; without one on QEMU.
set -eu
here=$(dirname "$0")
export JANUS_BUILD="${JANUS_BUILD:-$(realpath "$here/../../build")}"
LG_OVMF=$("$here/../../ovmf/drives.sh" "$JANUS_BUILD")
export LG_OVMF
exec /usr/bin/python3 -B -m pytest -q -p no:cacheprovider --lg-env "${1:-$here/qemu.yaml}" "$here"
