#!/bin/sh
# pxelinux.sh - where this distribution keeps PXELINUX: prints the program and the module that it loads.
set -eu

for pair in \
    /usr/lib/PXELINUX/pxelinux.0:/usr/lib/syslinux/modules/bios/ldlinux.c32 \
    /usr/share/syslinux/pxelinux.0:/usr/share/syslinux/ldlinux.c32 \
    /usr/lib/syslinux/bios/pxelinux.0:/usr/lib/syslinux/bios/ldlinux.c32; do
    program=${pair%%:*}
    module=${pair##*:}
    if [ -r "$program" ] && [ -r "$module" ]; then
        echo "$program" "$module"
        exit 0
    fi
done
echo "pxelinux.sh: no PXELINUX found; run 'make setup'" >&2
exit 1
