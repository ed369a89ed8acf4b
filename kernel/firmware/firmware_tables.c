/*
 * firmware_tables.c - the firmware's tables: told by the route, or found where a BIOS leaves them.
 */
#include "kernel/firmware/firmware_tables.h"

#include "kernel/boot/boot_info.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/memory/phys.h"

#define EBDA_SEARCH_BYTES 1024 /* ACPI 6.5, 5.2.5.1 */

struct firmware_tables firmware_tables;

static uint64_t search_area(uint64_t paddr, uint64_t bytes, size_t (*search)(struct span))
{
    if (paddr == 0 || bytes == 0)
        return 0;
    struct span area = phys_span(paddr, bytes);
    size_t at = search(area);

    return at < area.n ? paddr + at : 0;
}

static uint64_t find_rsdp(void)
{
    uint64_t ebda_bytes = boot_info.ebda_bytes < EBDA_SEARCH_BYTES ? boot_info.ebda_bytes : EBDA_SEARCH_BYTES;

    if (boot_info.rsdp_paddr != 0)
        return boot_info.rsdp_paddr;
    uint64_t paddr = search_area(boot_info.ebda_paddr, ebda_bytes, rsdp_search);
    if (paddr != 0)
        return paddr;
    return search_area(boot_info.bios_rom_paddr, boot_info.bios_rom_bytes, rsdp_search);
}

static uint64_t find_smbios(void)
{
    if (boot_info.smbios_paddr != 0)
        return boot_info.smbios_paddr;
    return search_area(boot_info.bios_rom_paddr, boot_info.bios_rom_bytes, smbios_search);
}

/* No more of it than the memory it lies in has: version 3 tells a size that it does not exceed. */
static struct span smbios_table(const struct smbios *smbios)
{
    const struct memory_region *r = memory_map_find(&boot_info.memory_map, smbios->table_paddr);
    uint64_t bytes = smbios->table_bytes;

    if (r != NULL && bytes > r->end - smbios->table_paddr)
        bytes = r->end - smbios->table_paddr;
    return phys_span(smbios->table_paddr, bytes < PHYS_SPAN_MAX_BYTES ? bytes : PHYS_SPAN_MAX_BYTES);
}

static void read_smbios(struct firmware_tables *tables)
{
    tables->smbios_error = smbios_read(phys_span(tables->smbios_paddr, SMBIOS_ENTRY_BYTES), &tables->smbios);
    if (tables->smbios_error != 0)
        return;
    tables->smbios_table = smbios_table(&tables->smbios);
    tables->smbios_table_error = smbios_check(tables->smbios_table, &tables->smbios);
}

void firmware_tables_init(void)
{
    struct firmware_tables *tables = &firmware_tables;

    tables->rsdp_paddr = find_rsdp();
    tables->smbios_paddr = find_smbios();
    if (tables->rsdp_paddr != 0)
        tables->rsdp_error = rsdp_read(phys_span(tables->rsdp_paddr, RSDP_BYTES), &tables->rsdp);
    if (tables->rsdp_paddr != 0 && tables->rsdp_error == 0)
        acpi_tables_init(&tables->rsdp);
    if (tables->smbios_paddr != 0)
        read_smbios(tables);
}
