/*
 * efi_system_table.c - what the EFI system table says about the firmware, read as bytes.
 */
#include "kernel/firmware/efi_system_table.h"

#define SIGNATURE       UINT64_C(0x5453595320494249) /* "IBI SYST" */
#define OFFSET_REVISION 8
#define HEADER_BYTES    24

#define GUID_BYTES 16
#define MAX_TABLES 1024

/* UEFI 2.10, 4.6.1: a GUID as the two numbers that its bytes make. */
struct guid {
    uint64_t low, high;
};

enum wanted { WANTED_ACPI_2, WANTED_ACPI_1, WANTED_SMBIOS_3, WANTED_SMBIOS_2, NUM_WANTED };

/* Behind the header: members of one pointer's width each, by number. */
enum member {
    MEMBER_VENDOR = 0,
    MEMBER_FIRMWARE_REVISION = 1,
    MEMBER_NUM_TABLES = 10,
    MEMBER_TABLES = 11,
    NUM_MEMBERS
};

struct system_table {
    struct span (*memory)(uint64_t paddr, size_t n);
    size_t pointer_bytes;
    struct span bytes;
};

static uint64_t pointer_at(const struct system_table *table, struct span bytes, size_t at)
{
    return table->pointer_bytes == 8 ? span_u64(bytes, at) : span_u32(bytes, at);
}

static uint64_t member(const struct system_table *table, enum member number)
{
    return pointer_at(table, table->bytes, HEADER_BYTES + number * table->pointer_bytes);
}

/* The first entry of each GUID that is looked for, in one pass: the pointers of configuration tables. */
static void find_tables(const struct system_table *table, uint64_t found[NUM_WANTED])
{
    const struct guid wanted[NUM_WANTED] = {
        [WANTED_ACPI_2] = {0x11d3e4f18868e871, 0x81883cc7800022bc},
        [WANTED_ACPI_1] = {0x11d32d88eb9d2d30, 0x4dc13f279000169a},
        [WANTED_SMBIOS_3] = {0x4a2c9794f2fd1544, 0x94e320cfbbe52e99},
        [WANTED_SMBIOS_2] = {0x11d32d88eb9d2d31, 0x4dc13f279000169a},
    };
    size_t entry_bytes = GUID_BYTES + table->pointer_bytes;
    uint64_t num = member(table, MEMBER_NUM_TABLES);
    size_t num_entries = num < MAX_TABLES ? (size_t)num : MAX_TABLES;
    struct span entries = table->memory(member(table, MEMBER_TABLES), num_entries * entry_bytes);

    for (size_t at = 0; entries.n - at >= entry_bytes; at += entry_bytes) {
        uint64_t low = span_u64(entries, at);
        for (int i = 0; i < NUM_WANTED; i++) {
            if (low == wanted[i].low && span_u64(entries, at + 8) == wanted[i].high && found[i] == 0)
                found[i] = pointer_at(table, entries, at + GUID_BYTES);
        }
    }
}

/* UCS-2 up to a 0; what is not printable ASCII becomes a question mark. */
static void read_vendor(const struct system_table *table, char vendor[BOOT_NAME_BYTES])
{
    uint64_t paddr = member(table, MEMBER_VENDOR);
    size_t n = 0;

    while (n < BOOT_NAME_BYTES - 1) {
        uint16_t c = span_u16(table->memory(paddr + 2 * n, 2), 0);
        if (c == 0)
            break;
        vendor[n++] = c >= ' ' && c <= '~' ? (char)c : '?';
    }
    vendor[n] = 0;
}

static void read_config_tables(const struct system_table *table, struct boot_info *info)
{
    uint64_t found[NUM_WANTED] = {0};

    find_tables(table, found);
    if (info->rsdp_paddr == 0)
        info->rsdp_paddr = found[WANTED_ACPI_2] != 0 ? found[WANTED_ACPI_2] : found[WANTED_ACPI_1];
    if (info->smbios_paddr == 0)
        info->smbios_paddr = found[WANTED_SMBIOS_3] != 0 ? found[WANTED_SMBIOS_3] : found[WANTED_SMBIOS_2];
}

void efi_system_table_read(uint64_t paddr, uint32_t bits, struct span (*memory)(uint64_t paddr, size_t n),
                           struct boot_info *info)
{
    const size_t pointer_bytes = bits / 8;
    const struct system_table table = {memory, pointer_bytes,
                                       memory(paddr, HEADER_BYTES + NUM_MEMBERS * pointer_bytes)};

    if (span_u64(table.bytes, 0) != SIGNATURE)
        return;
    info->efi_system_table = paddr;
    info->uefi_bits = bits;
    info->uefi_revision = span_u32(table.bytes, OFFSET_REVISION);
    info->firmware_revision = (uint32_t)member(&table, MEMBER_FIRMWARE_REVISION);
    read_vendor(&table, info->firmware_vendor);
    read_config_tables(&table, info);
}
