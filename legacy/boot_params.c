/*
 * boot_params.c - reading Linux's boot_params page into boot_info.
 */
#include "legacy/boot_params.h"

#include "kernel/lib/string.h"
#include "legacy/setup_data.h"

#define VIDEO_TYPE_VGA_TEXT 1
#define VIDEO_MODE_3        3
#define VIDEO_TYPE_VLFB     0x23 /* linear framebuffer, from VBE */
#define VIDEO_TYPE_EFI      0x70 /* the same, from UEFI */
#define VIDEO_64BIT_BASE    2u   /* capability: BP_LFB_BASE_HIGH counts */
#define MAX_SETUP_DATA      32

/* ACPI 3.0: an entry of 24 bytes that has this bit clear is to be ignored. */
#define E820_ATTRIBUTES 20
#define E820_COUNTS     1u

/* An address whose halves lie in two fields. */
static uint64_t address_at(struct span params, size_t low, size_t high)
{
    return span_u32(params, low) | (uint64_t)span_u32(params, high) << 32;
}

/* Nothing where the firmware's own map is there, which says more. */
static void take_e820_table(const struct reader *r, struct span table, size_t num_entries, size_t entry_bytes)
{
    if (r->info->raw_map.kind == RAW_MAP_EFI)
        return;
    reader_map_begin(r, RAW_MAP_E820);
    for (size_t i = 0; i < num_entries; i++) {
        struct span entry = span_sub(table, i * entry_bytes, entry_bytes);

        if (entry.n != entry_bytes) {
            reader_remark(r, "E820 map", "cut short");
            return;
        }
        reader_map_entry(r, entry,
                         entry_bytes <= E820_ATTRIBUTES || span_u32(entry, E820_ATTRIBUTES) & E820_COUNTS);
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
    r->info->route = BOOT_ROUTE_BIOS;
    r->info->entry = BOOT_ENTRY_LINUX_16;
    r->info->timeline[BOOT_STEP_ENTRY] = span_u64(data, offsetof(struct e820_answers, entry_tsc));
    r->info->timeline[BOOT_STEP_MAP] = span_u64(data, offsetof(struct e820_answers, map_tsc));
    take_e820_table(r, span_sub(data, at, data.n - at), num_stored, sizeof(struct e820_entry));
    if (num_answers > num_stored)
        r->info->raw_map.num_dropped += num_answers - num_stored;
}

/* More entries than boot_params has room for. */
static void take_e820_extension(const struct reader *r, struct span data)
{
    if (data.n == 0)
        reader_remark(r, "E820 extension", "unreadable");
    else
        take_e820_table(r, data, data.n / BP_E820_ENTRY_BYTES, BP_E820_ENTRY_BYTES);
}

/* A node that says where the data of a node lies. */
static void take_indirect(const struct reader *r, struct span data)
{
    uint64_t len = span_u64(data, offsetof(struct setup_indirect, len));
    uint64_t paddr = span_u64(data, offsetof(struct setup_indirect, paddr));

    if (span_u32(data, offsetof(struct setup_indirect, type)) == (SETUP_INDIRECT | SETUP_E820_EXT))
        take_e820_extension(r, r->memory(paddr, len));
}

static void take_node(const struct reader *r, uint32_t type, struct span data)
{
    switch (type) {
    case SETUP_E820_EXT:
        take_e820_extension(r, data);
        break;
    case SETUP_INDIRECT:
        take_indirect(r, data);
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
}

static void take_setup_data(const struct reader *r, uint64_t paddr)
{
    for (int i = 0; paddr != 0; i++) {
        struct span head = r->memory(paddr, sizeof(struct setup_data));
        uint32_t len = span_u32(head, offsetof(struct setup_data, len));

        if (head.n == 0 || i == MAX_SETUP_DATA) {
            reader_remark(r, "setup_data", head.n == 0 ? "unreadable" : "without an end");
            return;
        }
        take_node(r, span_u32(head, offsetof(struct setup_data, type)),
                  r->memory(paddr + sizeof(struct setup_data), len));
        paddr = span_u64(head, offsetof(struct setup_data, next));
    }
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

/* What a loader that was a UEFI application tells of the firmware: its system table, and its own map. */
static void take_efi_info(const struct reader *r, struct span params)
{
    uint32_t signature = span_u32(params, BP_EFI_SIGNATURE);

    if (signature != BP_EFI_SIGNATURE_32 && signature != BP_EFI_SIGNATURE_64)
        return;
    reader_efi_system_table(r, address_at(params, BP_EFI_SYSTAB, BP_EFI_SYSTAB_HIGH),
                            signature == BP_EFI_SIGNATURE_32 ? 32 : 64);
    r->info->secure_boot = secure_boot(span_u8(params, BP_SECURE_BOOT));
    reader_efi_map(r,
                   r->memory(address_at(params, BP_EFI_MEMMAP, BP_EFI_MEMMAP_HIGH),
                             span_u32(params, BP_EFI_MEMMAP_BYTES)),
                   span_u32(params, BP_EFI_MEMDESC_BYTES));
}

/* Identifiers assigned in boot.rst, "type_of_loader". */
static const char *loader_name(uint8_t type, uint8_t ext_version)
{
    if (type == 0xff && ext_version == BP_OUR_LOADER_VER)
        return "Janus MBR";
    if (type == 0xff && ext_version == BP_IA32_LOADER_VER)
        return "BOOTIA32.EFI";
    if (type == 0x21) /* not assigned, but that is what it says */
        return "GRUB linuxefi";
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

void boot_params_take_words(const struct reader *r, struct span params)
{
    uint64_t paddr = address_at(params, BP_CMD_LINE_PTR, BP_EXT_CMD_LINE_PTR);
    const char *name = loader_name(span_u8(params, BP_TYPE_OF_LOADER), span_u8(params, BP_EXT_LOADER_VER));

    reader_text(r, r->info->loader, BOOT_LOADER_BYTES, span_of(name, strlen(name) + 1), "loader's name");
    if (paddr != 0)
        reader_text(r, r->info->cmdline, BOOT_CMDLINE_BYTES, r->memory(paddr, BOOT_CMDLINE_BYTES),
                    "command line");
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

static void take_e820(const struct reader *r, struct span params)
{
    size_t num_entries = span_u8(params, BP_E820_ENTRIES);

    if (num_entries > BP_E820_TABLE_ENTRIES)
        num_entries = BP_E820_TABLE_ENTRIES;
    if (num_entries > 0)
        take_e820_table(r, span_sub(params, BP_E820_TABLE, num_entries * BP_E820_ENTRY_BYTES), num_entries,
                        BP_E820_ENTRY_BYTES);
}

void boot_params_read(const struct reader *r, struct span params)
{
    if (params.n == 0)
        reader_remark(r, "boot_params", "unreadable");
    boot_params_take_words(r, params);
    r->info->rsdp_paddr = span_u64(params, BP_ACPI_RSDP);
    take_efi_info(r, params);
    take_e820(r, params);
    take_setup_data(r, span_u64(params, BP_SETUP_DATA));
    take_display(r, params);
}
