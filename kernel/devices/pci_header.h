/*
 * pci_header.h - reading the header of a PCI function's configuration space (PCI Local Bus 3.0, 6.1 and 6.2;
 * PCI-to-PCI Bridge Architecture 1.2, 3.2).
 */
#ifndef KERNEL_PCI_HEADER_H
#define KERNEL_PCI_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/span.h"

#define PCI_HEADER_BYTES 28 /* as far as pci_header_read() looks; all of it has 64 */

enum pci_layout {
    PCI_LAYOUT_DEVICE = 0,
    PCI_LAYOUT_BRIDGE = 1,
    PCI_LAYOUT_CARDBUS = 2,
};

/* What `class` says; subclass and prog_if say more (Code and ID Assignment 1.16, 1). */
enum pci_class {
    PCI_CLASS_DISPLAY = 3,
    PCI_CLASS_BRIDGE = 6,
};

struct pci_header {
    uint16_t vendor, device;
    uint8_t class, subclass, prog_if, revision;
    uint8_t layout; /* enum pci_layout */
    bool is_multi_function;
    uint8_t secondary_bus; /* of a bridge: the bus behind it; 0: none, or not set up */
};

/* False, and all 0, if `config` is shorter than PCI_HEADER_BYTES or what is read where nobody answers. */
/*@ requires span_ok(config) && \valid(header);
    assigns *header; */
bool pci_header_read(struct span config, struct pci_header *header);

/* How many base address registers a layout has: 6, 2 or, for those that are none of ours, 0. */
/*@ assigns \nothing;
    ensures \result <= 6; */
uint32_t pci_num_bars(uint8_t layout);

struct pci_bar {
    uint64_t base; /* I/O port or physical address; 0: not set up */
    bool is_io, is_64bit, is_prefetchable;
};

/*
 * Reads base address register `n`, which only says where: how large it is would have to be written to be
 * known. Returns the number of the next register, one further or, behind one of 64 bits, two.
 */
/*@ requires span_ok(config) && \valid(bar) && n < 6;
    assigns *bar;
    ensures \result == n + 1 || \result == n + 2; */
uint32_t pci_bar_read(struct span config, uint32_t n, struct pci_bar *bar);

#endif
