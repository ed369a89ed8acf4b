/*
 * reader.c - what all readers of a loader's information share.
 */
#include "legacy/reader.h"

#include "kernel/memory/efi_memory_map.h"
#include "kernel/firmware/efi_system_table.h"
#include "kernel/lib/string.h"

#define E820_BYTES 20 /* base, length, type */

static void append(struct boot_info *info, const char *text)
{
    size_t at = strlen(info->remarks);

    while (*text != 0 && at + 1 < BOOT_REMARKS_BYTES)
        info->remarks[at++] = *text++;
    info->remarks[at] = 0;
}

void reader_remark(const struct reader *r, const char *subject, const char *problem)
{
    if (r->info->remarks[0] != 0)
        append(r->info, "; ");
    append(r->info, subject);
    append(r->info, " ");
    append(r->info, problem);
}

void reader_text(const struct reader *r, char *to, size_t room, struct span text, const char *subject)
{
    size_t n = 0;

    while (n < text.n && n + 1 < room && span_u8(text, n) != 0) {
        to[n] = (char)span_u8(text, n);
        n++;
    }
    to[n] = 0;
    if (n == text.n)
        reader_remark(r, subject, "without an end");
    else if (span_u8(text, n) != 0)
        reader_remark(r, subject, "cut");
}

/*
 * ACPI 6.5, table 15.4. Multiboot has the same, but takes everything else for reserved (Multiboot
 * 0.6.96, 3.3), where E820 leaves it undefined.
 */
static uint32_t memory_type(uint32_t type, enum raw_map_kind kind)
{
    switch (type) {
    case 1:
        return MEMORY_USABLE;
    case 2:
        return MEMORY_RESERVED;
    case 3:
        return MEMORY_ACPI_RECLAIMABLE;
    case 4:
        return MEMORY_ACPI_NVS;
    case 5:
        return MEMORY_UNUSABLE;
    case 7:
        return MEMORY_PERSISTENT;
    default:
        return kind == RAW_MAP_E820 ? 0 : MEMORY_RESERVED;
    }
}

void reader_map_begin(const struct reader *r, enum raw_map_kind kind)
{
    r->info->raw_map.kind = kind;
    r->info->raw_map.entry_size_bytes = MAP_ENTRY_BYTES;
}

void reader_map_entry(const struct reader *r, struct span entry, bool is_memory)
{
    struct raw_map *raw = &r->info->raw_map;

    if (raw->num_entries == MEMORY_MAP_MAX_ENTRIES) {
        raw->num_dropped++;
        return;
    }
    uint8_t *copy = r->raw_map + (size_t)raw->num_entries * MAP_ENTRY_BYTES;
    memset(copy, 0, MAP_ENTRY_BYTES);
    memcpy(copy, entry.p, entry.n < MAP_ENTRY_BYTES ? entry.n : MAP_ENTRY_BYTES);
    raw->num_entries++;
    if (is_memory)
        memory_map_add(&r->info->memory_map, r->work, span_u64(entry, 0), span_u64(entry, 8),
                       memory_type(span_u32(entry, 16), raw->kind));
}

void reader_map_sizes(const struct reader *r, uint32_t lower_kib, uint32_t upper_kib)
{
    const struct {
        uint64_t base, size;
        uint32_t type, reserved;
    } entries[] = {{0, (uint64_t)lower_kib << 10, 1, 0}, {0x100000, (uint64_t)upper_kib << 10, 1, 0}};

    reader_map_begin(r, RAW_MAP_SIZES);
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        reader_map_entry(r, span_of(&entries[i], sizeof entries[i]), true);
}

bool reader_efi_map(const struct reader *r, struct span map, size_t descriptor_size)
{
    struct raw_map *raw = &r->info->raw_map;
    size_t num_told = descriptor_size < EFI_DESCRIPTOR_BYTES ? 0 : map.n / descriptor_size;
    size_t num_taken = num_told;

    if (num_taken > 0 && num_taken > RAW_MAP_BYTES / descriptor_size)
        num_taken = RAW_MAP_BYTES / descriptor_size;
    if (num_taken == 0) {
        reader_remark(r, "UEFI memory map", "malformed");
        return false;
    }
    struct span taken = span_sub(map, 0, num_taken * descriptor_size);

    memcpy(r->raw_map, taken.p, taken.n);
    raw->kind = RAW_MAP_EFI;
    raw->entry_size_bytes = (uint32_t)descriptor_size;
    raw->num_entries = efi_memory_map_read(taken, descriptor_size, &r->info->memory_map, r->work);
    raw->num_dropped = (uint32_t)(num_told - num_taken);
    return true;
}

void reader_efi_system_table(const struct reader *r, uint64_t paddr, uint32_t bits)
{
    r->info->route = BOOT_ROUTE_UEFI;
    efi_system_table_read(paddr, bits, r->memory, r->info);
    if (r->info->efi_system_table == 0)
        reader_remark(r, "EFI system table", "unreadable");
}

void reader_end(const struct reader *r)
{
    if (r->info->raw_map.kind == RAW_MAP_NONE)
        reader_remark(r, "memory map", "not told");
    if (r->info->display.kind == DISPLAY_NONE && r->info->entry != BOOT_ENTRY_LINUX_16)
        reader_remark(r, "screen", "not told");
}
