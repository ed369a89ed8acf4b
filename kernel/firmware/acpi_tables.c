/*
 * acpi_tables.c - the list of the firmware's ACPI tables.
 */
#include "kernel/firmware/acpi_tables.h"

#include <stdbool.h>

#include "kernel/boot/boot_info.h"
#include "kernel/firmware/fadt.h"
#include "kernel/lib/checksum.h"
#include "kernel/lib/string.h"
#include "kernel/memory/paging.h"
#include "kernel/memory/phys.h"

/* Offsets in the header. */
#define LENGTH   4
#define REVISION 8
#define OEM_ID   10

#define FACS_REVISION 32 /* it has neither a checksum nor an OEM */

static struct acpi_table tables[ACPI_MAX_TABLES];
static uint32_t num_tables, num_lost;

static bool has_signature(const struct acpi_table *table, const char *signature)
{
    return memcmp(table->signature, signature, 4) == 0;
}

/* What is not printable ASCII becomes a question mark. */
static void copy_text(char *to, struct span from)
{
    for (size_t i = 0; i < from.n; i++) {
        uint8_t c = span_u8(from, i);
        to[i] = c >= ' ' && c <= '~' ? (char)c : '?';
    }
}

static const char *why_not_mapped(uint64_t paddr)
{
    const struct memory_region *r = memory_map_find(&boot_info.memory_map, paddr);

    if (r == NULL)
        return "outside the memory map";
    return r->type == MEMORY_MMIO ? "in MMIO" : "cannot be mapped";
}

/* Takes out of the usable memory what of it holds a table. */
static bool keep_memory(uint64_t paddr, uint64_t n)
{
    struct memory_map *map = &boot_info.memory_map;
    uint64_t end = page_ceil(paddr + n), next;

    for (uint64_t at = page_floor(paddr); at < end; at = next) {
        const struct memory_region *r = memory_map_find(map, at);

        if (r == NULL)
            break;
        next = r->end < end ? r->end : end;
        if (r->type == MEMORY_USABLE && !memory_map_claim(map, at, next - at, MEMORY_ACPI_RECLAIMABLE))
            return false;
    }
    return true;
}

/* Reads the header of the table at table->paddr, then checks all of it. */
static const char *read_table(struct acpi_table *table, const char *signature)
{
    struct span header = phys_span(table->paddr, ACPI_HEADER_BYTES);

    if (header.n == 0)
        return why_not_mapped(table->paddr);
    copy_text(table->signature, span_sub(header, 0, 4));
    bool is_facs = has_signature(table, "FACS");
    if (!is_facs)
        copy_text(table->oem_id, span_sub(header, OEM_ID, 6));
    table->revision = span_u8(header, is_facs ? FACS_REVISION : REVISION);
    table->length_bytes = span_u32(header, LENGTH);
    if (signature != NULL && !has_signature(table, signature))
        return "wrong signature";
    if (table->length_bytes < ACPI_HEADER_BYTES || table->length_bytes > PHYS_SPAN_MAX_BYTES)
        return "wrong length";
    struct span bytes = phys_span(table->paddr, table->length_bytes);
    if (bytes.n == 0)
        return "longer than its memory";
    if (!is_facs && checksum8(bytes) != 0)
        return "wrong checksum";
    if (!keep_memory(table->paddr, bytes.n))
        return "in memory that is free";
    table->bytes = bytes;
    return NULL;
}

/* As a sound table. */
static bool is_listed(uint64_t paddr)
{
    for (uint32_t i = 0; i < num_tables; i++) {
        if (tables[i].paddr == paddr && tables[i].error == NULL)
            return true;
    }
    return false;
}

/* The row of the table at `paddr`, of this signature if that is not null; null if there is no room. */
static struct acpi_table *add(uint64_t paddr, const char *signature)
{
    if (num_tables == ACPI_MAX_TABLES) {
        num_lost++;
        return NULL;
    }
    const char *error = paddr == 0 ? "an entry of 0" : is_listed(paddr) ? "listed twice" : NULL;
    struct acpi_table *table = &tables[num_tables++];

    *table = (struct acpi_table){.paddr = paddr, .error = error};
    if (error == NULL)
        table->error = read_table(table, signature);
    return table;
}

static bool add_root(uint64_t paddr, const char *signature, size_t entry_bytes)
{
    const struct acpi_table *root = paddr != 0 ? add(paddr, signature) : NULL;

    if (root == NULL || root->error != NULL)
        return false;
    for (size_t at = ACPI_HEADER_BYTES; root->bytes.n - at >= entry_bytes; at += entry_bytes)
        add(entry_bytes == 8 ? span_u64(root->bytes, at) : span_u32(root->bytes, at), NULL);
    return true;
}

/* What a FADT points to: by its newer field, or by the older one if that has something better. */
static void add_part(uint64_t paddr, uint64_t old_paddr, const char *signature)
{
    if (paddr != 0 && !is_listed(paddr))
        add(paddr, signature);
    if (old_paddr != 0 && old_paddr != paddr && acpi_count(signature) == 0)
        add(old_paddr, signature);
}

void acpi_tables_init(const struct rsdp *rsdp)
{
    struct fadt fadt;

    num_tables = 0;
    num_lost = 0;
    if (!add_root(rsdp->xsdt_paddr, "XSDT", 8) && !add_root(rsdp->rsdt_paddr, "RSDT", 4))
        return;
    fadt_read(acpi_find(FADT_SIGNATURE, 0), &fadt);
    add_part(fadt.facs_paddr, fadt.old_facs_paddr, "FACS");
    add_part(fadt.dsdt_paddr, fadt.old_dsdt_paddr, "DSDT");
}

static bool is_sound(const struct acpi_table *table, const char *signature)
{
    return table->error == NULL && has_signature(table, signature);
}

uint32_t acpi_count(const char *signature)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < num_tables; i++)
        n += is_sound(&tables[i], signature);
    return n;
}

struct span acpi_find(const char *signature, uint32_t n)
{
    for (uint32_t i = 0; i < num_tables; i++) {
        if (is_sound(&tables[i], signature) && n-- == 0)
            return tables[i].bytes;
    }
    return span_of(NULL, 0);
}

const struct acpi_table *acpi_table_at(uint32_t number)
{
    return number < num_tables ? &tables[number] : NULL;
}

const struct acpi_table *acpi_root(void)
{
    for (uint32_t i = 0; i < num_tables; i++) {
        if (tables[i].error == NULL)
            return &tables[i];
    }
    return NULL;
}

uint32_t acpi_num_lost(void)
{
    return num_lost;
}
