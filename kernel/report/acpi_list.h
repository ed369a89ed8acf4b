/*
 * acpi_list.h - the list of all ACPI tables, on every console.
 */
#ifndef KERNEL_ACPI_LIST_H
#define KERNEL_ACPI_LIST_H

#include "kernel/lib/span.h"

/*
 * The command-line word `acpi`: a line for each table in the order they were found: signature, physical
 * address, length, revision, OEM, and what is wrong with it, if anything is.
 */
void acpi_list_run(struct span value);

#endif
