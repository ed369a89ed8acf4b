#!/bin/sh
# check_early.sh OBJECT... - fails if code that runs before the handoff holds an absolute address or goes through a
# global offset table: at the address a loader chose it would point nowhere.
set -eu

for object in "$@"; do
    readelf -rW "$object" | awk -v object="$object" '
        /^Relocation section/ { section = $3 }
        / R_(X86_64_(64|32|32S|GOTPCREL|GOTPCRELX|REX_GOTPCRELX)|386_(32|GOT32|GOT32X)) / {
            if (section ~ /debug|header/) next
            if ($NF ~ /^rva_|_bytes$|_longs$/ || $5 ~ /^rva_|_bytes$|_longs$/) next
            print object ": absolute address in " section ": " $0
            bad = 1
        }
        END { exit bad }'
done
