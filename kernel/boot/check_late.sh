#!/bin/sh
# check_late.sh RESIDENT... -- LATE... - fails if an object that is not packed refers to one that is, but for the few
# that know when it is there (late.h).
set -eu

allowed='main\.o:.*
late\.o:paging_unmap
panic\.o:(smp_stop_others|fault_print_cause|fault_print_registers|print_log_lines)
spinlock\.o:smp_answer
traps\.o:(interrupt_dispatch|smp_stop_if_asked)'

resident=""
while [ "$1" != -- ]; do
    resident="$resident $1"
    shift
done
shift

defined=$(mktemp)
trap 'rm -f "$defined"' EXIT
nm --defined-only -g -f posix "$@" | awk 'NF > 1 { print $1 }' | sort -u > "$defined"
bad=0
for object in $resident; do
    for symbol in $(nm -u -f posix "$object" | awk '{ print $1 }' | sort -u | comm -12 - "$defined"); do
        if ! echo "${object##*/}:$symbol" | grep -qxE "$allowed"; then
            echo "$object: calls $symbol, which is unpacked late (kernel/boot/late.h)" >&2
            bad=1
        fi
    done
done
exit $bad
