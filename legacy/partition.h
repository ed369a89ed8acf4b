/*
 * partition.h - finds the volume to boot from in a partition table. Pure: takes sectors, touches no disk.
 */
#ifndef LEGACY_PARTITION_H
#define LEGACY_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

enum mbr_kind {
    MBR_NOTHING,   /* nothing to boot from */
    MBR_PARTITION, /* an active partition that may hold FAT32 */
    MBR_GPT,       /* protective: the GPT knows more */
};

/*
 * Judges a whole MBR (512 bytes). MBR_PARTITION: `*lba` is the beginning of the first active entry of type
 * 0x0b, 0x0c or 0xef. MBR_GPT: there is none, but an entry of type 0xee (UEFI 2.10, 5.2.3).
 */
enum mbr_kind mbr_find_partition(struct span mbr, uint32_t *lba);

/* Where the entries of a GPT lie. */
struct gpt {
    uint32_t entries_lba;
    uint32_t num_entries; /* 1..GPT_MAX_ENTRIES */
    uint32_t entry_bytes; /* 128, 256 or 512: no entry crosses a sector */
};

#define GPT_HEADER_LBA  1
#define GPT_MAX_ENTRIES 1024u

/* Reads a GPT header (one sector; UEFI 2.10, 5.3.2); false if it is none or its numbers cannot be right. */
bool gpt_read_header(struct span header, struct gpt *gpt);

/* True if this entry (5.3.3) is an EFI system partition; `*lba` is its beginning. */
bool gpt_is_system_partition(struct span entry, uint32_t *lba);

#endif
