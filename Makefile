# Janus: one file, two firmwares. `make help` lists the targets.

BUILD := build

# Tools and flags ------------------------------------------------------------------------------------------------------

CC      := gcc
LD      := ld
NM      := nm
OBJCOPY := objcopy
PYTHON  := /usr/bin/python3
export SOURCE_DATE_EPOCH ?= 1767225600
export LC_ALL := C
export TZ := UTC0

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Werror
COMMON   := -std=c11 -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
            -ffile-prefix-map=$(CURDIR)=. -I. $(WARNINGS) -MMD -MP
# One set of flags for all 64-bit code: it addresses everything relative to itself, so that it runs wherever it was
# loaded; it touches no register but the general ones; it keeps frame pointers, for backtraces;
# a guard in the frames of functions with arrays (debug/stack_guard.h).
CFLAGS   := $(COMMON) -g -Os -m64 -fpie -mcmodel=small -include kernel/boot/hidden.h -mno-red-zone -mgeneral-regs-only \
            -fno-omit-frame-pointer -fno-shrink-wrap -fno-optimize-sibling-calls \
            -fstack-protector-strong -mstack-protector-guard=global
EFI_FLAGS := -fshort-wchar -DGNU_EFI_USE_MS_ABI -isystem /usr/include/efi -isystem /usr/include/efi/x86_64
EFI_FLAGS_IA32 := -fshort-wchar -isystem /usr/include/efi -isystem /usr/include/efi/ia32
CFLAGS_IA32 := $(COMMON) -Os -m32 -march=i686 -malign-double -fpie -include kernel/boot/hidden.h -mgeneral-regs-only \
               -ffunction-sections
CFLAGS16 := $(COMMON) -Oz -m16 -march=i386 -mregparm=3 -mpreferred-stack-boundary=2 -fno-pic -fomit-frame-pointer -mno-sse -mno-mmx -mno-80387
ASFLAGS  := -g -ffile-prefix-map=$(CURDIR)=. -I. -I$(BUILD) -MMD -MP

# What the file is made of ---------------------------------------------------------------------------------------------

EFI_OBJECTS := $(addprefix $(BUILD)/efi/, pe_header.o efi_main.o boot_volume.o loader_name.o command_line.o device_path.o \
    load_options.o graphics.o secure_boot.o exit_boot_services.o firmware_console.o reset_system.o sbat.o)

LEGACY_OBJECTS := $(addprefix $(BUILD)/legacy/, setup_header.o multiboot_header.o entry.o legacy_main.o \
    low_memory.o reader.o boot_params.o multiboot.o multiboot2.o efi_loaders.o)
SETUP_OBJECTS  := $(addprefix $(BUILD)/16/legacy/, setup_entry.o setup.o vbe.o bios_call.o a20.o)
LOADER_OBJECTS := $(addprefix $(BUILD)/16/legacy/, loader_entry.o loader.o disk.o fat32.o partition.o image.o memory_copy.o bios_call.o a20.o) \
    $(BUILD)/16/kernel/lib/config.o

# For 32-bit UEFI: a loader of the file, made of what the file itself asks UEFI with.
IA32_OBJECTS := $(addprefix $(BUILD)/ia32/efi/, ia32/pe_header.o ia32/ia32_main.o ia32/load_file.o ia32/place_kernel.o \
    ia32/fill_params.o ia32/enter_file.o boot_volume.o command_line.o device_path.o load_options.o graphics.o \
    secure_boot.o exit_boot_services.o firmware_console.o sbat.o) $(addprefix $(BUILD)/ia32/, kernel/lib/config.o \
    kernel/lib/cmdline.o kernel/console/serial.o kernel/lib/string.o legacy/image.o)

# Every file of the kernel's rooms; how to add one: put it there.
KERNEL_SOURCES := $(sort $(wildcard kernel/*.c kernel/*/*.c kernel/*/*.S)) kernel/console/fonts/fonts.S
KERNEL_OBJECTS := $(addprefix $(BUILD)/, $(addsuffix .o, $(basename $(KERNEL_SOURCES))))

# What runs before the handoff, wherever the loader put it: it must hold no absolute addresses.
EARLY_OBJECTS := $(EFI_OBJECTS) $(LEGACY_OBJECTS) $(addprefix $(BUILD)/kernel/, \
    boot/boot_info.o boot/handoff.o boot/enter_kernel.o memory/memory_map.o memory/efi_memory_map.o memory/paging.o \
    debug/stack_guard.o firmware/efi_system_table.o lib/cmdline.o lib/config.o lib/string.o console/serial.o)

# What is in the file as it is, for it is needed up to the first line or in a panic before it. All else of the kernel
# is packed, and unpacked behind it: kernel/boot/late.h.
RESIDENT_OBJECTS := $(EARLY_OBJECTS) $(filter $(BUILD)/kernel/console/% $(BUILD)/kernel/lib/%, $(KERNEL_OBJECTS)) \
    $(addprefix $(BUILD)/kernel/, main.o boot/image.o boot/late.o report/banner.o report/timeline.o \
    cpu/segments.o cpu/this_cpu.o cpu/traps.o cpu/trap_entry.o cpu/spinlock.o \
    debug/panic.o debug/backtrace.o debug/symbols.o debug/debug_exit.o)
LATE_OBJECTS := $(filter-out $(RESIDENT_OBJECTS), $(KERNEL_OBJECTS))

# Small is fast as long as every byte is read from a disk first. What loops over much is compiled for speed.
HOT_OBJECTS := $(addprefix $(BUILD)/kernel/, memory/memory_map.o memory/efi_memory_map.o memory/paging.o \
    console/console.o console/log.o console/serial.o console/screen.o console/framebuffer.o console/vga_text.o \
    lib/crc32.o lib/inflate.o lib/string.o firmware/acpi.o)
$(HOT_OBJECTS): CFLAGS += -O2 -fno-align-functions -fno-align-loops -fno-align-jumps -fno-tree-loop-distribute-patterns

OBJECTS := $(EFI_OBJECTS) $(LEGACY_OBJECTS) $(KERNEL_OBJECTS)
# The sections of what is packed get names of their own: kernel/kernel.ld.
name_sections = $(if $(filter $@, $(LATE_OBJECTS)), $(Q)$(OBJCOPY) --prefix-alloc-sections=.late $@)
FONTS   := $(BUILD)/spleen-8x16.psf $(BUILD)/spleen-16x32.packed

# `make V=1` shows the commands.
Q := $(if $(V),,@)
say = @printf '  %-8s%s\n' $(1) $(2)

all: $(BUILD)/BOOTX64.EFI $(BUILD)/BOOTIA32.EFI $(BUILD)/janus.img $(BUILD)/janus-gpt.img $(BUILD)/janus.iso

$(OBJECTS) $(IA32_OBJECTS) $(SETUP_OBJECTS) $(LOADER_OBJECTS) \
    $(addprefix $(BUILD)/16/legacy/, mbr.o el_torito.o): Makefile

# The file -------------------------------------------------------------------------------------------------------------

# Linked three times: without symbol table and packed part, to find the addresses for the one; without the packed part,
# to find how much room it takes; with both.
$(BUILD)/BOOTX64.EFI: $(BUILD)/janus.elf kernel/boot/seal.py efi/pe_checksum.py
	$(Q)$(OBJCOPY) -O binary -R .late_text -R .late_rodata $< $(BUILD)/janus.flat
	$(call say,SEAL,$@)
	$(Q)$(PYTHON) kernel/boot/seal.py $< $(BUILD)/janus.flat $(BUILD)/janus.sealed
	$(Q)$(PYTHON) efi/pe_checksum.py $(BUILD)/janus.sealed $@

LINK = $(LD) -m elf_x86_64 -static -z noexecstack --build-id=sha1 --fatal-warnings --no-warn-rwx-segments -T kernel/kernel.ld
PACK = $(PYTHON) kernel/boot/late_packed.py

$(BUILD)/janus.elf: $(OBJECTS) $(BUILD)/symbols.o $(BUILD)/late_room.o kernel/kernel.ld $(BUILD)/early.checked \
    $(BUILD)/late.checked
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(OBJECTS) $(BUILD)/symbols.o $(BUILD)/late_room.o
	$(Q)$(PACK) $@ $$(stat -c %s $(BUILD)/late_room) $(BUILD)/late_packed
	$(Q)$(OBJCOPY) --update-section .late_packed=$(BUILD)/late_packed $@

$(BUILD)/early.checked: $(EARLY_OBJECTS) kernel/boot/check_early.sh
	$(Q)sh kernel/boot/check_early.sh $(EARLY_OBJECTS)
	$(Q)touch $@

$(BUILD)/late.checked: $(OBJECTS) kernel/boot/check_late.sh
	$(Q)sh kernel/boot/check_late.sh $(RESIDENT_OBJECTS) -- $(LATE_OBJECTS)
	$(Q)touch $@

$(BUILD)/unnamed.elf: $(OBJECTS) $(BUILD)/no_symbols.o kernel/kernel.ld
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(OBJECTS) $(BUILD)/no_symbols.o

$(BUILD)/symbols.S: $(BUILD)/unnamed.elf kernel/debug/mksymbols.py
	$(Q)$(NM) $< | $(PYTHON) kernel/debug/mksymbols.py > $@

$(BUILD)/no_symbols.S: kernel/debug/mksymbols.py
	@mkdir -p $(@D)
	$(Q)$(PYTHON) kernel/debug/mksymbols.py < /dev/null > $@

$(BUILD)/unpacked.elf: $(OBJECTS) $(BUILD)/symbols.o kernel/kernel.ld
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $(OBJECTS) $(BUILD)/symbols.o

$(BUILD)/late_room.S: $(BUILD)/unpacked.elf kernel/boot/late_packed.py
	$(call say,PACK,$@)
	$(Q)$(PACK) $< 0 $(BUILD)/late_room
	$(Q)printf '\t.section .late_packed, "a"\n\t.incbin "late_room"\n\t.section .note.GNU-stack, "", @progbits\n' > $@

$(BUILD)/BOOTIA32.EFI: $(IA32_OBJECTS) efi/ia32/ia32.ld efi/pe_checksum.py $(BUILD)/ia32.checked
	$(call say,LD,$@)
	$(Q)$(LD) -m elf_i386 -static -z noexecstack --fatal-warnings --gc-sections -T efi/ia32/ia32.ld -o $(BUILD)/bootia32.elf $(IA32_OBJECTS)
	$(Q)$(OBJCOPY) -O binary $(BUILD)/bootia32.elf $(BUILD)/bootia32.flat
	$(Q)$(PYTHON) efi/pe_checksum.py $(BUILD)/bootia32.flat $@

$(BUILD)/ia32.checked: $(IA32_OBJECTS) kernel/boot/check_early.sh
	$(Q)sh kernel/boot/check_early.sh $(IA32_OBJECTS)
	$(Q)touch $@

$(BUILD)/setup.bin: $(SETUP_OBJECTS) legacy/setup.ld
	$(call say,LD,$@)
	$(Q)$(LD) -m elf_i386 -z noexecstack -T legacy/setup.ld -o $(BUILD)/setup.elf $(SETUP_OBJECTS)
	$(Q)$(OBJCOPY) -O binary -j .text $(BUILD)/setup.elf $@

$(BUILD)/spleen-%.psf: kernel/console/fonts/mkfont.py kernel/console/fonts/repertoire.txt
	@mkdir -p $(@D)
	$(call say,FONT,$@)
	$(Q)$(PYTHON) kernel/console/fonts/mkfont.py /usr/share/consolefonts/spleen-$*.psfu.gz kernel/console/fonts/repertoire.txt $@

$(BUILD)/%.packed: $(BUILD)/%.psf kernel/lib/deflate.py
	$(call say,PACK,$@)
	$(Q)$(PYTHON) kernel/lib/deflate.py $< $@

$(BUILD)/legacy/setup_header.o: $(BUILD)/setup.bin
$(BUILD)/kernel/console/fonts/fonts.o: $(FONTS)

$(BUILD)/efi/%.o: efi/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) $(EFI_FLAGS) -c $< -o $@

$(BUILD)/ia32/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC32,$<)
	$(Q)$(CC) $(CFLAGS_IA32) $(EFI_FLAGS_IA32) -c $< -o $@

$(BUILD)/ia32/%.o: %.S
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(ASFLAGS) -m32 -c $< -o $@

$(BUILD)/16/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC16,$<)
	$(Q)$(CC) $(CFLAGS16) -c $< -o $@

$(BUILD)/16/%.o: %.S
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(ASFLAGS) -m32 -c $< -o $@

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@
	$(name_sections)

$(BUILD)/%.o: %.S
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(ASFLAGS) -c $< -o $@
	$(name_sections)

$(BUILD)/%.o: $(BUILD)/%.S
	$(call say,AS,$<)
	$(Q)$(CC) $(ASFLAGS) -c $< -o $@

# The disks -----------------------------------------------------------------------------------------------------------

$(BUILD)/mbr.bin: $(BUILD)/16/legacy/mbr.o legacy/mbr.ld
	$(call say,LD,$@)
	$(Q)$(LD) -m elf_i386 -z noexecstack -T legacy/mbr.ld -o $(BUILD)/mbr.elf $<
	$(Q)$(OBJCOPY) -O binary -j .text $(BUILD)/mbr.elf $@

$(BUILD)/el_torito.bin: $(BUILD)/16/legacy/el_torito.o legacy/el_torito.ld
	$(call say,LD,$@)
	$(Q)$(LD) -m elf_i386 -z noexecstack -T legacy/el_torito.ld -o $(BUILD)/el_torito.elf $<
	$(Q)$(OBJCOPY) -O binary -j .text $(BUILD)/el_torito.elf $@

$(BUILD)/loader.bin: $(LOADER_OBJECTS) legacy/loader.ld
	$(call say,LD,$@)
	$(Q)$(LD) -m elf_i386 -z noexecstack --no-warn-rwx-segments -T legacy/loader.ld -o $(BUILD)/loader.elf $(LOADER_OBJECTS)
	$(Q)$(OBJCOPY) -O binary -j .text $(BUILD)/loader.elf $@

$(BUILD)/janus.img: $(BUILD)/BOOTX64.EFI $(BUILD)/BOOTIA32.EFI $(BUILD)/mbr.bin $(BUILD)/loader.bin fs-image/mkimage.sh \
    fs-image/common.sh legacy/realmode.h
	$(call say,IMAGE,$@)
	$(Q)fs-image/mkimage.sh $@ $(BUILD)/BOOTX64.EFI $(BUILD)/mbr.bin $(BUILD)/loader.bin $(BUILD)/BOOTIA32.EFI

$(BUILD)/janus-gpt.img: $(BUILD)/janus.img fs-image/mkgpt.sh
	$(call say,IMAGE,$@)
	$(Q)fs-image/mkgpt.sh $@ $< $(BUILD)/BOOTX64.EFI

$(BUILD)/janus.iso: $(BUILD)/BOOTX64.EFI $(BUILD)/BOOTIA32.EFI $(BUILD)/mbr.bin $(BUILD)/el_torito.bin $(BUILD)/loader.bin \
    fs-image/mkiso.sh fs-image/common.sh legacy/realmode.h
	$(call say,IMAGE,$@)
	$(Q)fs-image/mkiso.sh $@ $(BUILD)/BOOTX64.EFI $(BUILD)/mbr.bin $(BUILD)/el_torito.bin $(BUILD)/loader.bin \
	    $(BUILD)/BOOTIA32.EFI

# Signing --------------------------------------------------------------------------------------------------------------

# The signature is appended: it changes the certificate directory and the checksum in the header and nothing else.
sign: all               ## KEY=FILE CERT=FILE: signed for Secure Boot, with the disk, in build/signed
	@[ -n "$(KEY)" ] && [ -n "$(CERT)" ] || { echo "usage: make sign KEY=FILE CERT=FILE (both PEM)" >&2; exit 2; }
	@mkdir -p $(BUILD)/signed
	$(Q)for file in BOOTX64.EFI BOOTIA32.EFI; do \
	    sbsign --key "$(KEY)" --cert "$(CERT)" --output $(BUILD)/signed/$$file $(BUILD)/$$file || exit 1; \
	done
	$(Q)fs-image/mkimage.sh $(BUILD)/signed/janus.img $(BUILD)/signed/BOOTX64.EFI $(BUILD)/mbr.bin $(BUILD)/loader.bin \
	    $(BUILD)/signed/BOOTIA32.EFI

# Running -------------------------------------------------------------------------------------------------------------

run: all                ## start it under UEFI (OVMF): a window where there is a display, else this terminal
	$(Q)tests/run.sh uefi

run-bios: all           ## start it under a legacy BIOS (SeaBIOS)
	$(Q)tests/run.sh bios

debug: all              ## the same under UEFI, stopped at the first instruction of efi_main, in gdb
	$(Q)tests/debug.sh uefi

debug-bios: all         ## the same under a legacy BIOS, stopped at the 64-bit entry, in gdb
	$(Q)tests/debug.sh bios

screenshot: all         ## build/uefi.png and build/bios.png: what either route shows
	$(Q)$(PYTHON) tests/boot/screenshot.py uefi $(BUILD)/uefi.png
	$(Q)$(PYTHON) tests/boot/screenshot.py bios $(BUILD)/bios.png

# Testing -------------------------------------------------------------------------------------------------------------

HOST_CC    := $(CC) -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -I. -I$(BUILD) $(WARNINGS)
HOST_TESTS := $(patsubst tests/host/%.c,$(BUILD)/host/%,$(wildcard tests/host/test_*.c))

# The first comment of a host test names the files it is compiled with.
$(BUILD)/host/%: tests/host/%.c tests/host/host_test.h $(FONTS) $(wildcard kernel/*.[ch] kernel/*/*.[ch] legacy/*.[ch] efi/*.[ch])
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<)
	$(Q)$(HOST_CC) $< $(shell sed -n ':a;/\*\//!{N;ba};s,^/\* units:,,;s,\n \*,,g;s,\*/,,p;q' tests/host/$*.c) -lcmocka -o $@

test: all $(HOST_TESTS) $(BUILD)/meter.so ## every test: host, file and disk, booted in QEMU on both routes
	$(Q)JANUS_BUILD=$(abspath $(BUILD)) $(PYTHON) -B -m pytest -q -p no:cacheprovider -n 2 --dist loadscope \
	    --ignore=tests/lab tests

lab: all                ## boot the machines of a labgrid environment, LAB=FILE or two QEMUs, and read their reports
	$(Q)JANUS_BUILD=$(abspath $(BUILD)) tests/lab/run.sh $(LAB)

# Counted instructions: a plugin for QEMU, and what it measures.
METER_SOURCES := $(wildcard tests/bench/meter/*.c)
BENCH         := JANUS_BUILD=$(abspath $(BUILD)) $(PYTHON) -B tests/bench

$(BUILD)/meter.so: $(METER_SOURCES) $(wildcard tests/bench/meter/*.h) Makefile
	@mkdir -p $(@D)
	$(call say,HOSTCC,$@)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O2 -g $(WARNINGS) -fPIC -shared -pthread -o $@ $(METER_SOURCES) -ldl

bench: all $(BUILD)/meter.so ## counted instructions: the boot beside GRUB and memtest86+, console, memory map, goals
	$(Q)$(BENCH)/bench.py

bench-accept: all $(BUILD)/meter.so ## make the counts of this build the measure of the tests (tests/bench/counts.json)
	$(Q)$(BENCH)/bench.py --accept

profile: all $(BUILD)/meter.so ## which functions and which firmware calls the instructions of the boot go to
	$(Q)$(BENCH)/boot_profile.py bios uefi

check: all              ## format, static analysis, the rules of the house
	$(Q)tests/check.sh

early-objects:
	@echo $(EARLY_OBJECTS)

setup:                  ## install what is missing (Debian, Ubuntu), or say what to install (Fedora, Arch)
	$(Q)tests/setup.sh

setup-bench:            ## install what `make bench` needs besides: GRUB, memtest86+, matplotlib
	$(Q)tests/setup.sh bench

setup-lab:              ## install what `make lab` needs besides: labgrid
	$(Q)tests/setup.sh lab

clean:                  ## remove everything that was built
	rm -rf $(BUILD)

help:                   ## this list
	@echo "make              build/BOOTX64.EFI (the file), build/janus.elf (its symbols), build/janus.img (a disk),"
	@echo "                  build/janus-gpt.img (the disk, with a GPT), build/janus.iso (a CD that is a disk, too),"
	@echo "                  build/BOOTIA32.EFI (starts the file on 32-bit UEFI)"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s%s\n", $$1, $$2 }'

.PHONY: all sign run run-bios debug debug-bios screenshot test lab bench bench-accept profile check early-objects \
    setup setup-bench setup-lab clean help
.DELETE_ON_ERROR:
.SECONDARY:

-include $(shell find $(BUILD) -name "*.d" 2>/dev/null)
