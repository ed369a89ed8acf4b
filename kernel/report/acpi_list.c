/*
 * acpi_list.c - the list of all ACPI tables, on every console.
 */
#include "kernel/report/acpi_list.h"

#include "kernel/console/console.h"
#include "kernel/firmware/acpi_tables.h"

void acpi_list_run(struct span value)
{
    const struct acpi_table *table;

    (void)value;
    for (uint32_t i = 0; (table = acpi_table_at(i)) != 0; i++) {
        console_set_color(table->error == 0 ? COLOR_LIGHT_GRAY : COLOR_LIGHT_RED, COLOR_BLACK);
        printk("%-4s %016llx %8u bytes, revision %3u, %-6s %s\n", table->signature,
               (unsigned long long)table->paddr, table->length_bytes, table->revision, table->oem_id,
               table->error == 0 ? "sound" : table->error);
    }
    console_set_color(COLOR_LIGHT_GRAY, COLOR_BLACK);
    console_flush();
}
