/*
 * acpi_tables.h - the list of the firmware's ACPI tables, each checked before a byte of it is believed.
 *
 * From the RSDP to the XSDT, or the RSDT where there is no sound XSDT, to every table it names; from the FADT
 * to FACS and DSDT (ACPI 6.5, 5.2.6 to 5.2.10). A table that lies about its length or checksum, or lies where
 * no table can be, stays in the list with what is wrong with it, and its bytes are not given to anybody.
 */
#ifndef KERNEL_ACPI_TABLES_H
#define KERNEL_ACPI_TABLES_H

#include <stdint.h>

#include "kernel/firmware/acpi.h"
#include "kernel/lib/span.h"

#define ACPI_HEADER_BYTES 36 /* what all tables but the FACS begin with (5.2.6) */
#define ACPI_MAX_TABLES   128

struct acpi_table {
    char signature[5], oem_id[7]; /* printable, 0-terminated; empty: not read */
    uint8_t revision;
    uint32_t length_bytes; /* as the table has it */
    uint64_t paddr;
    const char *error; /* null: sound; otherwise what is wrong, in words */
    struct span bytes; /* the whole table, if sound; empty otherwise */
};

/*
 * Makes the list, through phys_span(). A table that lies in usable memory, as some firmware has it, is
 * claimed in boot_info.memory_map: before anybody hands that memory out. The RSDT is not looked at if the
 * XSDT is sound. Until it is called the list is empty.
 */
void acpi_tables_init(const struct rsdp *rsdp);

/* The `n`th (from 0) sound table of that signature, all of it; empty if there is none. */
struct span acpi_find(const char *signature, uint32_t n);

/* How many sound tables of that signature there are. */
uint32_t acpi_count(const char *signature);

/*
 * The rows of the list by number, in the order they were found: the root table or tables, what they name,
 * FACS and DSDT. Null beyond the end.
 */
const struct acpi_table *acpi_table_at(uint32_t number);

/* The sound root table; null if there is none. */
const struct acpi_table *acpi_root(void);

/* How many entries of the root table there was no room for. */
uint32_t acpi_num_lost(void);

#endif
