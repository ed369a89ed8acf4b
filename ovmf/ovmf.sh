#!/bin/sh
# ovmf.sh - where this distribution keeps the OVMF firmware: prints the code file and the variable store.
set -eu

for pair in \
    /usr/share/OVMF/OVMF_CODE_4M.fd:/usr/share/OVMF/OVMF_VARS_4M.fd \
    /usr/share/edk2/ovmf/OVMF_CODE.fd:/usr/share/edk2/ovmf/OVMF_VARS.fd \
    /usr/share/edk2/x64/OVMF_CODE.4m.fd:/usr/share/edk2/x64/OVMF_VARS.4m.fd \
    /usr/share/OVMF/OVMF_CODE.fd:/usr/share/OVMF/OVMF_VARS.fd; do
    code=${pair%%:*}
    vars=${pair##*:}
    if [ -r "$code" ] && [ -r "$vars" ]; then
        echo "$code" "$vars"
        exit 0
    fi
done
echo "ovmf.sh: no OVMF firmware found; run 'make setup'" >&2
exit 1
