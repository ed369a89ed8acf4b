/*
 * acpi.h - the root pointer of the ACPI tables.
 */
#ifndef KERNEL_ACPI_H
#define KERNEL_ACPI_H

#include <stdint.h>

#include "kernel/lib/span.h"

#define RSDP_BYTES 36 /* of revision 2; revision 0 has 20 */

struct rsdp {
    uint32_t revision;               /* 0 for ACPI 1.0, 2 for all later */
    uint64_t rsdt_paddr, xsdt_paddr; /* 0: none */
};

/*
 * Reads a root system description pointer (ACPI 6.5, 5.2.5.3). Null if it is sound, and then `rsdp` is
 * filled; otherwise what is wrong with it, in words.
 */
const char *rsdp_read(struct span bytes, struct rsdp *rsdp);

/* Where in `area` a sound RSDP lies, on a 16-byte boundary (5.2.5.1); area.n if there is none. */
size_t rsdp_search(struct span area);

#endif
