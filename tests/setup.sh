#!/bin/sh
# setup.sh [lab | bench] - installs what building, running and testing need and this machine lacks; does nothing when all
# is there. With `lab` also what `make lab` needs, with `bench` what `make bench` does.
set -eu

# What is looked for, and the Debian package that has it.
missing=""
need() {
    [ -e "$1" ] || missing="$missing $2"
}
need_command() {
    command -v "$1" > /dev/null || missing="$missing $2"
}
need_command gcc gcc
need_command make make
need_command ld binutils
need_command git git
need_command qemu-system-x86_64 qemu-system-x86
need_command qemu-img qemu-utils
[ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || need /usr/lib/x86_64-linux-gnu/qemu/ui-gtk.so qemu-system-gui
need_command mcopy mtools
need_command fsck.fat dosfstools
need_command xorriso xorriso
need_command sgdisk gdisk
need_command ip iproute2
need /usr/sbin/dnsmasq dnsmasq-base
need_command grub-mkimage grub-common
need_command syslinux syslinux
need /usr/lib/grub/i386-pc/multiboot2.mod grub-pc-bin
need /usr/lib/grub/x86_64-efi/multiboot2.mod grub-efi-amd64-bin
need /usr/lib/syslinux/modules/bios/ldlinux.c32 syslinux-common
need /usr/lib/ISOLINUX/isolinux.bin isolinux
need_command gdb gdb
need_command sbsign sbsigntool
need_command openssl openssl
need_command clang-format clang-format
need_command cppcheck cppcheck
need /usr/share/consolefonts/spleen-8x16.psfu.gz fonts-spleen
need /usr/include/efi/efi.h gnu-efi
need /usr/include/cmocka.h libcmocka-dev
need /usr/lib/systemd/boot/efi/systemd-bootx64.efi systemd-boot-efi
need /usr/bin/python3 python3
sh ovmf/ovmf.sh > /dev/null 2>&1 || missing="$missing ovmf"
sh ovmf/ovmf.sh ia32 > /dev/null 2>&1 || missing="$missing ovmf-ia32"
sh tests/network/pxelinux.sh > /dev/null 2>&1 || missing="$missing pxelinux syslinux-common"
modules=""
case ${1:-} in
lab)
    modules=labgrid:python3-labgrid
    ;;
bench)
    modules=matplotlib:python3-matplotlib
    need /boot/memtest86+x64.efi memtest86+
    ;;
esac
for module in pytest:python3-pytest xdist:python3-pytest-xdist pytest_timeout:python3-pytest-timeout PIL:python3-pil $modules; do
    /usr/bin/python3 -c "import ${module%%:*}" 2> /dev/null || missing="$missing ${module##*:}"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get > /dev/null; then
    cat << 'TXT'
Something is missing, and this is neither Debian nor Ubuntu. Please install:
  Fedora: gcc make binutils git qemu-system-x86 qemu-img mtools dosfstools xorriso gdisk gdb clang-tools-extra cppcheck \
          gnu-efi-devel libcmocka-devel edk2-ovmf edk2-ovmf-ia32 sbsigntools openssl dnsmasq iproute syslinux-nonlinux \
          python3-pytest python3-pytest-xdist python3-pytest-timeout python3-pillow
  Arch:   gcc make binutils git qemu-system-x86 qemu-img mtools dosfstools libisoburn gptfdisk gdb clang cppcheck \
          gnu-efi cmocka edk2-ovmf sbsigntools openssl dnsmasq iproute2 syslinux python-pytest python-pytest-xdist \
          python-pytest-timeout python-pillow
and the PSF fonts of Spleen (https://github.com/fcambus/spleen) as /usr/share/consolefonts/spleen-*.psfu.gz
TXT
    echo "Missing here, by Debian's names:$missing" >&2
    exit 1
fi

sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
echo "Installing:$missing"
$sudo apt-get update -q
# shellcheck disable=SC2086 # one word for each package
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends $missing
