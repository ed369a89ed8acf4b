/*
 * firmware_tables.h - the firmware's tables: told by the route, or found where a BIOS leaves them.
 */
#ifndef KERNEL_FIRMWARE_TABLES_H
#define KERNEL_FIRMWARE_TABLES_H

#include "kernel/firmware/acpi.h"
#include "kernel/firmware/smbios.h"

struct firmware_tables {
    uint64_t rsdp_paddr;            /* 0: none */
    const char *rsdp_error;         /* null: sound */
    struct rsdp rsdp;               /* if sound */
    uint64_t smbios_paddr;          /* of the entry point; 0: none */
    const char *smbios_error;       /* null: sound */
    struct smbios smbios;           /* if sound */
    struct span smbios_table;       /* what it points to; empty: nothing that could be read */
    const char *smbios_table_error; /* null: sound; otherwise it is, up to what is wrong */
};

extern struct firmware_tables firmware_tables;

/* Finds and checks them, through boot_info and phys_span(), and makes the list of ACPI tables. */
void firmware_tables_init(void);

#endif
