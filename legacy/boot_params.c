/*
 * boot_params.c - reading Linux's boot_params page into boot_info.
 */
#include "legacy/boot_params.h"

#include "kernel/efi_memory_map.h"
#include "kernel/efi_system_table.h"
#include "kernel/string.h"
#include "legacy/setup_data.h"

#define VIDEO_TYPE_VGA_TEXT 1
#define VIDEO_MODE_3        3
#define VIDEO_TYPE_VLFB     0x23 /* linear framebuffer, from VBE */
#define VIDEO_TYPE_EFI      0x70 /* the same, from UEFI */
#define VIDEO_64BIT_BASE    2u   /* capability: BP_LFB_BASE_HIGH counts */
#define MAX_SETUP_DATA      32

#define E820_IGNORE(attributes) (((attributes)&1) == 0)

struct reader {
    struct span (*memory)(uint64_t paddr, size_t n);
    struct boot_info *info;
    struct memory_map_work *work;
    uint8_t *raw_map;
};

/* An address whose halves lie in two fields. */
static uint64_t address_at(struct span params, size_t low, size_t high)
{
    return span_u32(params, low) | (uint64_t)span_u32(params, high) << 32;
}

/* ACPI 6.5, table 15.4. */
static uint32_t e820_type(uint32_t type)
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
        return 0;
    }
}

/* One entry of 20 or 24 bytes, into the map and beside it. */
static void take_e820(const struct reader *r, struct span entry)
{
    struct raw_map *raw = &r->info->raw_map;
    uint32_t attributes = entry.n >= 24 ? span_u32(entry, 20) : 1;

    if (raw->num_entries == MEMORY_MAP_MAX_ENTRIES) {
        raw->num_dropped++;
        return;
    }
    uint8_t *copy = r->raw_map + raw->num_entries * sizeof(struct e820_entry);
    memset(copy, 0, sizeof(struct e820_entry));
    memcpy(copy, entry.p, entry.n);
    raw->num_entries++;
    if (!E820_IGNORE(attributes))
        memory_map_add(&r->info->memory_map, r->work, span_u64(entry, 0), span_u64(entry, 8),
                       e820_type(span_u32(entry, 16)));
}

static void take_e820_table(const struct reader *r, struct span table, size_t num_entries, size_t entry_bytes)
{
    if (r->info->raw_map.kind == RAW_MAP_EFI)
        return;
    r->info->raw_map.kind = RAW_MAP_E820;
    r->info->raw_map.entry_size_bytes = sizeof(struct e820_entry);
    for (size_t i = 0; i < num_entries; i++) {
        struct span entry = span_sub(table, i * entry_bytes, entry_bytes);

        if (entry.n != entry_bytes)
            return;
        take_e820(r, entry);
    }
}

/* What our own setup code heard from the BIOS. */
static void take_answers(const struct reader *r, struct span data)
{
    uint32_t num_answers = span_u32(data, offsetof(struct e820_answers, num_answers));
    uint32_t num_stored = span_u32(data, offsetof(struct e820_answers, num_stored));
    size_t at = offsetof(struct e820_answers, entries);

    if (data.n < at)
        return;
    r->info->timeline[BOOT_STEP_ENTRY] = span_u64(data, offsetof(struct e820_answers, entry_tsc));
    r->info->timeline[BOOT_STEP_MAP] = span_u64(data, offsetof(struct e820_answers, map_tsc));
    take_e820_table(r, span_sub(data, at, data.n - at), num_stored, sizeof(struct e820_entry));
    if (num_answers > num_stored)
        r->info->raw_map.num_dropped += num_answers - num_stored;
}

/* The memory map that a loader left the boot services of UEFI with, into the map and beside it. */
static void take_efi_map(const struct reader *r, struct span params)
{
    struct raw_map *raw = &r->info->raw_map;
    uint32_t entry_bytes = span_u32(params, BP_EFI_MEMDESC_BYTES);
    uint32_t num_told = entry_bytes == 0 ? 0 : span_u32(params, BP_EFI_MEMMAP_BYTES) / entry_bytes;
    uint32_t num_room = entry_bytes == 0 ? 0 : RAW_MAP_BYTES / entry_bytes;
    uint32_t num = num_told < num_room ? num_told : num_room;
    struct span map =
        r->memory(address_at(params, BP_EFI_MEMMAP, BP_EFI_MEMMAP_HIGH), (size_t)num * entry_bytes);

    num = efi_memory_map_read(map, entry_bytes, &r->info->memory_map, r->work);
    if (num == 0)
        return;
    memcpy(r->raw_map, map.p, map.n);
    raw->kind = RAW_MAP_EFI;
    raw->num_entries = num;
    raw->entry_size_bytes = entry_bytes;
    raw->num_dropped = num_told - num;
}

/* Linux arch/x86/include/uapi/asm/bootparam.h, "secure_boot": 0 is unset, 1 unknown. */
static uint32_t secure_boot(uint8_t told)
{
    switch (told) {
    case BP_SECURE_BOOT_OFF:
        return SECURE_BOOT_OFF;
    case BP_SECURE_BOOT_ON:
        return SECURE_BOOT_ON;
    default:
        return SECURE_BOOT_NOT_TOLD;
    }
}

static void take_efi_info(const struct reader *r, struct span params)
{
    uint32_t signature = span_u32(params, BP_EFI_SIGNATURE);

    if (signature != BP_EFI_SIGNATURE_32 && signature != BP_EFI_SIGNATURE_64)
        return;
    efi_system_table_read(address_at(params, BP_EFI_SYSTAB, BP_EFI_SYSTAB_HIGH),
                          signature == BP_EFI_SIGNATURE_32 ? 32 : 64, r->memory, r->info);
    r->info->secure_boot = secure_boot(span_u8(params, BP_SECURE_BOOT));
    take_efi_map(r, params);
}

static void take_setup_data(const struct reader *r, uint64_t paddr)
{
    for (int i = 0; i < MAX_SETUP_DATA && paddr != 0; i++) {
        struct span head = r->memory(paddr, sizeof(struct setup_data));
        uint32_t len = span_u32(head, offsetof(struct setup_data, len));
        struct span data = r->memory(paddr + sizeof(struct setup_data), len);

        switch (span_u32(head, offsetof(struct setup_data, type))) {
        case SETUP_E820_EXT:
            take_e820_table(r, data, data.n / BP_E820_ENTRY_BYTES, BP_E820_ENTRY_BYTES);
            break;
        case SETUP_JANUS_E820:
            take_answers(r, data);
            break;
        case SETUP_JANUS_LOADER:
            r->info->timeline[BOOT_STEP_LOADER] = span_u64(data, 0);
            break;
        default:
            break;
        }
        paddr = span_u64(head, offsetof(struct setup_data, next));
    }
}

static void take_cmdline(const struct reader *r, struct span params)
{
    uint64_t paddr = address_at(params, BP_CMD_LINE_PTR, BP_EXT_CMD_LINE_PTR);
    struct span line = r->memory(paddr, BOOT_CMDLINE_BYTES - 1);

    if (paddr == 0)
        return;
    for (size_t i = 0; i < line.n && span_u8(line, i) != 0; i++)
        r->info->cmdline[i] = (char)span_u8(line, i);
}

/* Identifiers assigned in boot.rst, "type_of_loader". */
static const char *loader_name(uint8_t type, uint8_t ext_version)
{
    if (type == 0xff && ext_version == BP_OUR_LOADER_VER)
        return "Janus MBR";
    if (type == 0xff && ext_version == BP_IA32_LOADER_VER)
        return "BOOTIA32.EFI";
    switch (type >> 4) {
    case 0x0:
        return "LILO";
    case 0x1:
        return "Loadlin";
    case 0x3: /* all of them say 0x30 */
        return "SYSLINUX, PXELINUX or ISOLINUX";
    case 0x4:
        return type == 0x46 ? "iPXE" : "Etherboot or gPXE";
    case 0x5:
        return "ELILO";
    case 0x7:
        return "GRUB";
    case 0x8:
        return "U-Boot";
    case 0x9:
        return "Xen";
    case 0xb:
        return "QEMU";
    default:
        return "of an unassigned type";
    }
}

static void take_loader(const struct reader *r, struct span params)
{
    const char *name = loader_name(span_u8(params, BP_TYPE_OF_LOADER), span_u8(params, BP_EXT_LOADER_VER));

    memcpy(r->info->loader, name, strlen(name) + 1);
}

/* A mask of `size` bits at `position`, both as the loader says. */
static uint32_t pixel_mask(struct span params, size_t at)
{
    uint32_t size = span_u8(params, at), position = span_u8(params, at + 1);

    return size > 16 || position > 31 ? 0 : ((1u << size) - 1) << position;
}

static void take_framebuffer(const struct reader *r, struct span params)
{
    struct display *d = &r->info->display;
    uint32_t bits = span_u16(params, BP_LFB_DEPTH);

    d->width = span_u16(params, BP_LFB_WIDTH);
    d->height = span_u16(params, BP_LFB_HEIGHT);
    d->pitch_bytes = span_u16(params, BP_LFB_PITCH);
    d->bits_per_pixel = bits == 15 ? 16 : bits;
    d->red_mask = pixel_mask(params, BP_LFB_MASKS);
    d->green_mask = pixel_mask(params, BP_LFB_MASKS + 2);
    d->blue_mask = pixel_mask(params, BP_LFB_MASKS + 4);
    d->paddr = span_u32(params, BP_LFB_BASE);
    if (span_u32(params, BP_VIDEO_CAPABILITIES) & VIDEO_64BIT_BASE)
        d->paddr |= (uint64_t)span_u32(params, BP_LFB_BASE_HIGH) << 32;
    d->size_bytes = (uint64_t)d->pitch_bytes * d->height;
    if (d->paddr != 0 && d->paddr < MEMORY_MAP_LIMIT && d->size_bytes != 0)
        d->kind = DISPLAY_FRAMEBUFFER;
}

static void take_display(const struct reader *r, struct span params)
{
    struct display *d = &r->info->display;
    uint8_t type = span_u8(params, BP_VIDEO_IS_VGA);

    if (type == VIDEO_TYPE_VLFB || type == VIDEO_TYPE_EFI) {
        take_framebuffer(r, params);
    } else if (type == VIDEO_TYPE_VGA_TEXT && span_u8(params, BP_VIDEO_MODE) == VIDEO_MODE_3) {
        d->kind = DISPLAY_VGA_TEXT;
        d->width = span_u8(params, BP_VIDEO_COLUMNS);
        d->height = span_u8(params, BP_VIDEO_LINES);
        d->paddr = 0xb8000;
    }
}

void boot_params_read(struct span params, struct span (*memory)(uint64_t paddr, size_t n),
                      struct boot_info *info, struct memory_map_work *work, uint8_t *raw_map)
{
    const struct reader r = {memory, info, work, raw_map};
    size_t num_entries = span_u8(params, BP_E820_ENTRIES);

    if (num_entries > BP_E820_TABLE_ENTRIES)
        num_entries = BP_E820_TABLE_ENTRIES;
    info->rsdp_paddr = span_u64(params, BP_ACPI_RSDP);
    take_efi_info(&r, params);
    if (num_entries > 0)
        take_e820_table(&r, span_sub(params, BP_E820_TABLE, num_entries * BP_E820_ENTRY_BYTES), num_entries,
                        BP_E820_ENTRY_BYTES);
    take_setup_data(&r, span_u64(params, BP_SETUP_DATA));
    take_cmdline(&r, params);
    take_loader(&r, params);
    take_display(&r, params);
}
