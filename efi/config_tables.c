/*
 * config_tables.c - the tables that the firmware hangs on its system table (UEFI 2.10, 4.6).
 */
#include "efi/boot_services.h"

#define MAX_TABLES 1024

static int same_guid(const EFI_GUID *a, const EFI_GUID *b)
{
    const UINT32 *x = (const UINT32 *)a, *y = (const UINT32 *)b;

    return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}

static uint64_t find_table(const EFI_SYSTEM_TABLE *system, EFI_GUID guid)
{
    for (UINTN i = 0; i < system->NumberOfTableEntries && i < MAX_TABLES; i++) {
        EFI_CONFIGURATION_TABLE *table = &system->ConfigurationTable[i];

        if (same_guid(&table->VendorGuid, &guid))
            return (uint64_t)(uintptr_t)table->VendorTable;
    }
    return 0;
}

void gather_config_tables(const struct firmware *firmware, struct boot_info *info)
{
    const EFI_SYSTEM_TABLE *system = firmware->system;

    info->rsdp_paddr = find_table(system, (EFI_GUID)ACPI_20_TABLE_GUID);
    if (info->rsdp_paddr == 0)
        info->rsdp_paddr = find_table(system, (EFI_GUID)ACPI_TABLE_GUID);
    info->smbios_paddr = find_table(system, (EFI_GUID)SMBIOS3_TABLE_GUID);
    if (info->smbios_paddr == 0)
        info->smbios_paddr = find_table(system, (EFI_GUID)SMBIOS_TABLE_GUID);
}
