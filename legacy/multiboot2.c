/*
 * multiboot2.c - reading what a Multiboot 2 loader tells.
 */
#include "legacy/multiboot2.h"

#include "kernel/firmware/acpi.h"
#include "kernel/firmware/smbios.h"
#include "kernel/lib/string.h"
#include "legacy/multiboot.h"

#define HEADER_BYTES   8 /* of the information, and of a tag */
#define TAG_ALIGNMENT  8
#define MAX_INFO_BYTES (1u << 20)

enum tag_type {
    TAG_END = 0,
    TAG_CMDLINE = 1,
    TAG_LOADER = 2,
    TAG_SIZES = 4,
    TAG_MAP = 6,
    TAG_FRAMEBUFFER = 8,
    TAG_EFI32 = 11,
    TAG_EFI64 = 12,
    TAG_SMBIOS = 13,
    TAG_ACPI_OLD = 14,
    TAG_ACPI_NEW = 15,
    TAG_EFI_MAP = 17,
    TAG_EFI64_IMAGE = 20,
};

/*@ predicate told_ok(struct multiboot2 *m) =
      span_ok(m->cmdline) && span_ok(m->loader) && span_ok(m->map) && span_ok(m->efi_map) &&
      span_ok(m->framebuffer) && span_ok(m->rsdp) && span_ok(m->smbios); */

/* Offsets in a tag. */
#define SIZES_LOWER     8
#define SIZES_UPPER     12
#define SIZES_BYTES     16
#define MAP_ENTRY_SIZE  8
#define MAP_ENTRIES     16
#define EFI_STEP        8
#define EFI_DESCRIPTORS 16
#define EFI_TABLE       8 /* or image handle */
#define FRAMEBUFFER     8
#define COLOR_AT        24 /* behind FRAMEBUFFER */
#define SMBIOS_TABLES   16
#define ACPI_RSDP       8
#define RSDP_OLD_BYTES  20 /* of revision 0 */

#define FRAMEBUFFER_MIN_BYTES 22 /* up to its type */

/* The bytes of a tag from `at` on, if there are so many. */
/*@ requires span_ok(tag) && at <= 64 && min_bytes <= 0x7fffffff && \valid(bytes);
    assigns *bytes;
    ensures span_ok(\old(*bytes)) ==> span_ok(*bytes); */
static bool take_bytes(struct span tag, size_t at, size_t min_bytes, struct span *bytes)
{
    if (tag.n < at + min_bytes)
        return false;
    *bytes = span_sub(tag, at, tag.n - at);
    return true;
}

/*@ requires span_ok(tag) && \valid(m) && told_ok(m);
    assigns m->map, m->map_entry_bytes;
    ensures told_ok(m); */
static bool take_map(struct span tag, struct multiboot2 *m)
{
    uint32_t step = span_u32(tag, MAP_ENTRY_SIZE);

    if (step < MAP_ENTRY_BYTES || step > tag.n || !take_bytes(tag, MAP_ENTRIES, step, &m->map))
        return false;
    m->map_entry_bytes = step;
    return true;
}

/*@ requires span_ok(tag) && \valid(m) && told_ok(m);
    assigns m->efi_map, m->efi_descriptor_bytes;
    ensures told_ok(m); */
static bool take_efi_map(struct span tag, struct multiboot2 *m)
{
    if (!take_bytes(tag, EFI_DESCRIPTORS, 1, &m->efi_map))
        return false;
    m->efi_descriptor_bytes = span_u32(tag, EFI_STEP);
    return true;
}

/*@ requires span_ok(tag) && \valid(m) && told_ok(m);
    assigns m->lower_kib, m->upper_kib;
    ensures told_ok(m); */
static bool take_sizes(struct span tag, struct multiboot2 *m)
{
    if (tag.n < SIZES_BYTES)
        return false;
    m->lower_kib = span_u32(tag, SIZES_LOWER);
    m->upper_kib = span_u32(tag, SIZES_UPPER);
    return true;
}

/*@ requires span_ok(tag) && \valid(m) && told_ok(m);
    assigns m->efi_system_table, m->is_efi_64bit;
    ensures told_ok(m); */
static bool take_efi_table(struct span tag, bool is_64bit, struct multiboot2 *m)
{
    if (tag.n < EFI_TABLE + (is_64bit ? 8u : 4u))
        return false;
    m->efi_system_table = is_64bit ? span_u64(tag, EFI_TABLE) : span_u32(tag, EFI_TABLE);
    m->is_efi_64bit = is_64bit;
    return true;
}

/*@ requires span_ok(tag) && \valid(m) && told_ok(m);
    assigns m->efi_image_handle;
    ensures told_ok(m); */
static bool take_efi_image(struct span tag, struct multiboot2 *m)
{
    if (tag.n < EFI_TABLE + 8)
        return false;
    m->efi_image_handle = span_u64(tag, EFI_TABLE);
    return true;
}

/* The older RSDP does not replace the newer one. */
/*@ requires span_ok(tag) && \valid(m) && told_ok(m);
    assigns m->rsdp;
    ensures told_ok(m); */
static bool take_old_rsdp(struct span tag, struct multiboot2 *m)
{
    return m->rsdp.n >= RSDP_BYTES || take_bytes(tag, ACPI_RSDP, RSDP_OLD_BYTES, &m->rsdp);
}

/* One tag; false if it is malformed. Types that mean nothing to us are passed over. */
/*@ requires span_ok(tag) && \valid(m) && told_ok(m);
    assigns *m;
    ensures told_ok(m);
    ensures m->malformed == \old(m->malformed) && (\result == 0 ==> type < 64); */
static bool take_tag(struct span tag, uint32_t type, struct multiboot2 *m)
{
    switch (type) {
    case TAG_CMDLINE:
        return take_bytes(tag, HEADER_BYTES, 1, &m->cmdline);
    case TAG_LOADER:
        return take_bytes(tag, HEADER_BYTES, 1, &m->loader);
    case TAG_SIZES:
        return take_sizes(tag, m);
    case TAG_MAP:
        return take_map(tag, m);
    case TAG_FRAMEBUFFER:
        return take_bytes(tag, FRAMEBUFFER, FRAMEBUFFER_MIN_BYTES, &m->framebuffer);
    case TAG_EFI32:
        return take_efi_table(tag, false, m);
    case TAG_EFI64:
        return take_efi_table(tag, true, m);
    case TAG_SMBIOS:
        return take_bytes(tag, SMBIOS_TABLES, 1, &m->smbios);
    case TAG_ACPI_OLD:
        return take_old_rsdp(tag, m);
    case TAG_ACPI_NEW:
        return take_bytes(tag, ACPI_RSDP, RSDP_BYTES, &m->rsdp);
    case TAG_EFI_MAP:
        return take_efi_map(tag, m);
    case TAG_EFI64_IMAGE:
        return take_efi_image(tag, m);
    default:
        return true;
    }
}

/*@ requires \valid(s);
    assigns *s;
    ensures s->n == 0; */
static void empty(struct span *s)
{
    s->p = 0;
    s->n = 0;
}

/*@ requires \valid(m);
    assigns *m;
    ensures m->cmdline.n == 0 && m->loader.n == 0 && m->map.n == 0 && m->efi_map.n == 0;
    ensures m->framebuffer.n == 0 && m->rsdp.n == 0 && m->smbios.n == 0; */
static void forget(struct multiboot2 *m)
{
    empty(&m->cmdline);
    empty(&m->loader);
    empty(&m->map);
    empty(&m->efi_map);
    empty(&m->framebuffer);
    empty(&m->rsdp);
    empty(&m->smbios);
    m->lower_kib = m->upper_kib = 0;
    m->map_entry_bytes = m->efi_descriptor_bytes = 0;
    m->efi_system_table = m->efi_image_handle = 0;
    m->is_efi_64bit = false;
    m->malformed = 0;
    m->is_cut_short = true;
}

void multiboot2_read(struct span bytes, struct multiboot2 *multiboot)
{
    size_t at = HEADER_BYTES;

    forget(multiboot);
    /*@ loop invariant 8 <= at <= bytes.n + 15 && told_ok(multiboot);
        loop assigns at, *multiboot;
        loop variant bytes.n + 16 - at; */
    while (at + HEADER_BYTES <= bytes.n) {
        uint32_t type = span_u32(bytes, at), size = span_u32(bytes, at + 4);

        if (size < HEADER_BYTES || size > bytes.n - at)
            return;
        if (type == TAG_END) {
            multiboot->is_cut_short = false;
            return;
        }
        if (!take_tag(span_sub(bytes, at, size), type, multiboot))
            multiboot->malformed |= UINT64_C(1) << type;
        at += size + (TAG_ALIGNMENT - size % TAG_ALIGNMENT) % TAG_ALIGNMENT;
    }
}

static const char *tag_name(uint32_t type)
{
    switch (type) {
    case TAG_CMDLINE:
        return "command line tag";
    case TAG_LOADER:
        return "loader name tag";
    case TAG_SIZES:
        return "memory size tag";
    case TAG_MAP:
        return "memory map tag";
    case TAG_FRAMEBUFFER:
        return "framebuffer tag";
    case TAG_EFI32:
    case TAG_EFI64:
        return "EFI system table tag";
    case TAG_SMBIOS:
        return "SMBIOS tag";
    case TAG_ACPI_OLD:
    case TAG_ACPI_NEW:
        return "ACPI tag";
    case TAG_EFI_MAP:
        return "EFI memory map tag";
    default:
        return "EFI image handle tag";
    }
}

static void remark_malformed(const struct reader *r, const struct multiboot2 *m)
{
    for (uint32_t type = 0; type < 64; type++) {
        if (m->malformed >> type & 1)
            reader_remark(r, tag_name(type), "malformed");
    }
    if (m->is_cut_short)
        reader_remark(r, "Multiboot information", "cut short");
}

static void take_map_entries(const struct reader *r, const struct multiboot2 *m)
{
    reader_map_begin(r, RAW_MAP_MULTIBOOT);
    for (size_t at = 0; at + m->map_entry_bytes <= m->map.n; at += m->map_entry_bytes)
        reader_map_entry(r, span_sub(m->map, at, m->map_entry_bytes), true);
}

/* The firmware's own map where there is one, else the loader's version of it, else two sizes. */
static void take_memory(const struct reader *r, const struct multiboot2 *m)
{
    if (m->efi_map.n > 0 && reader_efi_map(r, m->efi_map, m->efi_descriptor_bytes))
        return;
    if (m->map.n > 0)
        take_map_entries(r, m);
    else if (m->upper_kib != 0)
        reader_map_sizes(r, m->lower_kib, m->upper_kib);
}

/* What is a copy in the loader's memory, which is free soon, becomes a copy in ours. */
static uint64_t keep(uint8_t *copy, struct span bytes, size_t room)
{
    memcpy(copy, bytes.p, bytes.n < room ? bytes.n : room);
    return (uint64_t)(uintptr_t)copy;
}

/* Where the firmware says its tables are, or else the loader's copies. */
static void take_tables(const struct reader *r, const struct multiboot2 *m)
{
    struct boot_info *info = r->info;

    if (m->efi_system_table != 0)
        reader_efi_system_table(r, m->efi_system_table, m->is_efi_64bit ? 64 : 32);
    if (info->rsdp_paddr == 0 && m->rsdp.n > 0)
        info->rsdp_paddr = keep(r->rsdp_copy, m->rsdp, RSDP_BYTES);
    if (info->smbios_paddr == 0 && m->smbios.n > 0)
        info->smbios_paddr = keep(r->smbios_copy, m->smbios, SMBIOS_ENTRY_BYTES);
}

void multiboot2_take_words(const struct reader *r, uint64_t paddr, struct multiboot2 *told)
{
    uint32_t size = span_u32(r->memory(paddr, HEADER_BYTES), 0);

    multiboot2_read(r->memory(paddr, size > MAX_INFO_BYTES ? 0 : size), told);
    remark_malformed(r, told);
    if (told->cmdline.n > 0)
        reader_text(r, r->info->cmdline, BOOT_CMDLINE_BYTES, told->cmdline, "command line");
    if (told->loader.n > 0)
        reader_text(r, r->info->loader, BOOT_LOADER_BYTES, told->loader, "loader's name");
}

void multiboot2_take(const struct reader *r, uint64_t paddr)
{
    struct multiboot2 told;

    multiboot2_take_words(r, paddr, &told);
    take_memory(r, &told);
    if (told.framebuffer.n > 0)
        multiboot_take_display(r, told.framebuffer, COLOR_AT);
    take_tables(r, &told);
}
