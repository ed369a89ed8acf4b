/*
 * reader.h - what all readers of a loader's information share: where it is read, and how it gets into
 * boot_info.
 *
 * A loader tells the kernel what the firmware said, in a form of its own: boot_params.c, multiboot.c and
 * multiboot2.c know one each. Whatever is malformed, cut short or missing in it becomes a remark, and is not
 * used.
 */
#ifndef LEGACY_READER_H
#define LEGACY_READER_H

#include "kernel/boot/boot_info.h"
#include "kernel/lib/span.h"

#define MAP_ENTRY_BYTES 24 /* of the raw map's records that are not EFI descriptors */

struct reader {
    /* The `n` bytes at a physical address; an empty span where nothing may be read. */
    struct span (*memory)(uint64_t paddr, size_t n);
    struct boot_info *info;
    struct memory_map_work *work;
    uint8_t *raw_map; /* RAW_MAP_BYTES */
    uint8_t *rsdp_copy,
        *smbios_copy; /* RSDP_BYTES and SMBIOS_ENTRY_BYTES, in memory that stays the kernel's */
};

/* Adds "SUBJECT PROBLEM" to the remarks; what does not fit is left out. */
void reader_remark(const struct reader *r, const char *subject, const char *problem);

/*
 * Copies text up to a byte of 0 to `to`, `room` bytes with the 0 at its end. A text that has no end or is
 * longer than that is cut, with a remark about `subject`.
 */
void reader_text(const struct reader *r, char *to, size_t room, struct span text, const char *subject);

/* Begins the raw map: what kind of entries will follow. */
void reader_map_begin(const struct reader *r, enum raw_map_kind kind);

/*
 * Takes one entry of 20 to 24 bytes: base, length, type as ACPI 6.5, table 15.4 has it; what follows goes to
 * the raw map only. `is_memory` false: it counts in the raw map, not in the memory map.
 */
void reader_map_entry(const struct reader *r, struct span entry, bool is_memory);

/* Takes the sizes of lower memory, from 0, and of upper memory, from 1 MiB (Multiboot 0.6.96, 3.3). */
void reader_map_sizes(const struct reader *r, uint32_t lower_kib, uint32_t upper_kib);

/* Takes a UEFI memory map: descriptors `descriptor_size` apart. False, and a remark, if it cannot be one. */
bool reader_efi_map(const struct reader *r, struct span map, size_t descriptor_size);

/* Takes the EFI system table at `paddr` (efi_system_table.h), and that the firmware is UEFI. */
void reader_efi_system_table(const struct reader *r, uint64_t paddr, uint32_t bits);

/* Last of all: what the loader has not told at all becomes a remark. A screen our own 16-bit code has looked
 * for. */
void reader_end(const struct reader *r);

#endif
