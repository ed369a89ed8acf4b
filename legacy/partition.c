/*
 * partition.c - MBR and GPT, see partition.h. Pure C: real mode and host alike.
 */
#include "legacy/partition.h"

#define MBR_TABLE       446
#define MBR_ENTRIES     4
#define MBR_ENTRY_BYTES 16
#define MBR_ACTIVE      0x80

#define TYPE_FAT32     0x0b
#define TYPE_FAT32_LBA 0x0c
#define TYPE_GPT       0xee
#define TYPE_EFI       0xef

#define GPT_SIGNATURE_LOW    0x20494645u /* "EFI PART" */
#define GPT_SIGNATURE_HIGH   0x54524150u
#define GPT_MIN_HEADER_BYTES 92
#define GPT_FIRST_ENTRIES    2

/* C12A7328-F81F-11D2-BA4B-00A0C93EC93B. */
static const uint32_t gpt_esp_guid[] = {0xc12a7328, 0x11d2f81f, 0xa0004bba, 0x3bc93ec9};

static bool may_hold_fat32(uint8_t type)
{
    return type == TYPE_FAT32 || type == TYPE_FAT32_LBA || type == TYPE_EFI;
}

enum mbr_kind mbr_find_partition(struct span mbr, uint32_t *lba)
{
    enum mbr_kind kind = MBR_NOTHING;
    for (size_t i = 0; i < MBR_ENTRIES; i++) {
        struct span entry = span_sub(mbr, MBR_TABLE + i * MBR_ENTRY_BYTES, MBR_ENTRY_BYTES);
        uint8_t type = span_u8(entry, 4);
        *lba = span_u32(entry, 8);
        if (span_u8(entry, 0) == MBR_ACTIVE && may_hold_fat32(type) && *lba != 0)
            return MBR_PARTITION;
        if (type == TYPE_GPT)
            kind = MBR_GPT;
    }
    return kind;
}

bool gpt_read_header(struct span header, struct gpt *gpt)
{
    uint32_t header_bytes = span_u32(header, 12);
    gpt->entries_lba = span_u32(header, 72);
    gpt->num_entries = span_u32(header, 80);
    gpt->entry_bytes = span_u32(header, 84);

    if (span_u32(header, 0) != GPT_SIGNATURE_LOW || span_u32(header, 4) != GPT_SIGNATURE_HIGH)
        return false;
    if (header_bytes < GPT_MIN_HEADER_BYTES || header_bytes > header.n)
        return false;
    if (gpt->entries_lba < GPT_FIRST_ENTRIES || gpt->entries_lba > UINT32_MAX - GPT_MAX_ENTRIES ||
        span_u32(header, 76) != 0)
        return false;
    if (gpt->num_entries == 0 || gpt->num_entries > GPT_MAX_ENTRIES)
        return false;
    return gpt->entry_bytes == 128 || gpt->entry_bytes == 256 || gpt->entry_bytes == 512;
}

bool gpt_is_system_partition(struct span entry, uint32_t *lba)
{
    for (size_t i = 0; i < 4; i++) {
        if (span_u32(entry, i * 4) != gpt_esp_guid[i])
            return false;
    }
    *lba = span_u32(entry, 32);
    return *lba != 0 && span_u32(entry, 36) == 0;
}
