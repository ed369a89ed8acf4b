/*
 * pci.h - the PCI functions of this machine, and their configuration space, to read.
 *
 * Configuration space is in memory (ECAM) where MCFG says so and what is there agrees with the I/O ports
 * 0xcf8 and 0xcfc, as far as those work; otherwise behind these ports (PCI Express 5.0, 7.2.2; PCI Local
 * Bus 3.0, 3.2.2.3.2).
 */
#ifndef KERNEL_PCI_H
#define KERNEL_PCI_H

#include <stdint.h>

#include "kernel/devices/pci_walk.h"

#define PCI_MAX_FUNCTIONS 512u

#define PCI_CONFIG_BYTES 4096u /* by ECAM; the first 256 by the ports */

enum pci_mechanism {
    PCI_NONE,  /* there is no PCI, or no way to it */
    PCI_PORTS, /* segment 0 only */
    PCI_ECAM,
};

struct pci {
    enum pci_mechanism mechanism;
    uint64_t ecam_paddr; /* of the first segment */
    const char *
        ecam_error; /* why MCFG was not believed, or not all of it, in words; null: it was, or is not there */
    uint32_t num_functions; /* that can be had by pci_function_at() */
    uint32_t num_lost;      /* those there was no room for */
};

extern struct pci pci;

/* Fills `pci` and lists the functions (pci_walk.h), once, on one CPU; firmware_tables_init() was before it.
 */
void pci_init(void);

/* The functions by number, those of a segment and bus in a row. Null beyond the end. */
const struct pci_function *pci_function_at(uint32_t number);

/*
 * The 4 bytes of configuration space at `offset`, a multiple of 4; all ones where nobody answers, and on
 * buses on which pci_init() found nothing. Any CPU may ask.
 */
uint32_t pci_read(struct pci_address at, uint32_t offset);

/* The display whose memory begins at `paddr`; if none does, the first display; null if there is none. */
const struct pci_function *pci_find_display(uint64_t paddr);

#endif
