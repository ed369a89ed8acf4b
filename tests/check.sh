#!/bin/sh
# check.sh - format, static analysis, and the rules of the house that a compiler does not enforce.
set -eu
export LC_ALL=C.UTF-8
bad=0

# forbid WHAT PATTERN FILE...: no line of these files may match.
forbid() {
    what=$1
    pattern=$2
    shift 2
    if grep -nIE -- "$pattern" "$@"; then
        echo "check: $what" >&2
        bad=1
    fi
}

sources=$(git ls-files --cached --others --exclude-standard -- '*.c' '*.h')
everything=$(git ls-files --cached --others --exclude-standard)
under() {
    echo "$sources" | grep "^$1/"
}

# shellcheck disable=SC2046,SC2086 # lists of file names without blanks
{
    clang-format --dry-run -Werror $sources || bad=1

    forbid "kernel/ knows neither efi/ nor legacy/" '#include "(efi|legacy)/' $(under kernel)
    forbid "efi/ does not know legacy/" '#include "legacy/' $(under efi | grep -v ^efi/ia32/)
    forbid "legacy/ does not know efi/" '#include "efi/' $(under legacy)
    forbid "<efi.h> only under efi/" '#include <efi' $(under kernel) $(under legacy) $(under tests/host)
    forbid "BIOS interrupts only under legacy/" 'bios_int|int[[:space:]]+\$0x1[0-9a-f]' $(under kernel) $(under efi)
    forbid "one binary: the firmware is told apart at run time" '#.*(if|ifdef|ifndef|defined)[ (].*(UEFI|BIOS)($|[^A-Z_])' $sources
    forbid "no typedef for structures" '^typedef struct' $sources
    forbid "no trailing blanks" '[[:blank:]]+$' $everything
    forbid "no line over 120 characters" '^.{121}' $sources

    sh kernel/boot/check_early.sh $(make -s --no-print-directory early-objects) || bad=1

    cppcheck --quiet --error-exitcode=1 --std=c11 --platform=unix64 -I. --enable=warning,performance,portability \
        --suppress=missingIncludeSystem --inline-suppr \
        --suppress=comparePointers `# the linker's symbols delimit one image` \
        $(under kernel | grep '\.c$') $(under legacy | grep '\.c$') || bad=1
}

[ $bad = 0 ] && echo "check: all clean"
exit $bad
