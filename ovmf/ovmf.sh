#!/bin/sh
# ovmf.sh [VARIANT] - where this distribution keeps the OVMF firmware: prints the code file and the variable store.
#
# VARIANT  uefi         64-bit (the default)
#          secure       64-bit, Secure Boot on, with Debian's "snakeoil" key for tests enrolled
#          ia32         32-bit
#          ia32-secure  32-bit, Secure Boot on, with the same key
# All but the first keep their variables in memory that QEMU lets only SMM write: -machine q35,smm=on
# -global driver=cfi.pflash01,property=secure,value=on
set -eu

debian=/usr/share/OVMF
fedora=/usr/share/edk2
arch=/usr/share/edk2
case ${1:-uefi} in
uefi)
    pairs="$debian/OVMF_CODE_4M.fd:$debian/OVMF_VARS_4M.fd
        $fedora/ovmf/OVMF_CODE.fd:$fedora/ovmf/OVMF_VARS.fd
        $arch/x64/OVMF_CODE.4m.fd:$arch/x64/OVMF_VARS.4m.fd
        $debian/OVMF_CODE.fd:$debian/OVMF_VARS.fd"
    ;;
secure) pairs="$debian/OVMF_CODE_4M.secboot.fd:$debian/OVMF_VARS_4M.snakeoil.fd" ;;
ia32)
    pairs="$debian/OVMF32_CODE_4M.secboot.fd:$debian/OVMF32_VARS_4M.fd
        $fedora/ovmf-ia32/OVMF_CODE.secboot.fd:$fedora/ovmf-ia32/OVMF_VARS.fd
        $arch/ia32/OVMF_CODE.secboot.4m.fd:$arch/ia32/OVMF_VARS.4m.fd"
    ;;
ia32-secure) pairs="$debian/OVMF32_CODE_4M.secboot.fd:$debian/OVMF_VARS_4M.snakeoil.fd" ;;
*)
    echo "ovmf.sh: no such variant: $1" >&2
    exit 2
    ;;
esac
for pair in $pairs; do
    code=${pair%%:*}
    vars=${pair##*:}
    if [ -r "$code" ] && [ -r "$vars" ]; then
        echo "$code" "$vars"
        exit 0
    fi
done
echo "ovmf.sh: no OVMF firmware found; run 'make setup'" >&2
exit 1
