/*
 * pci_walk.h - finding the functions of a PCI segment: bus after bus, bridge after bridge.
 */
#ifndef KERNEL_PCI_WALK_H
#define KERNEL_PCI_WALK_H

#include <stdint.h>

#include "kernel/devices/pci_header.h"

#define PCI_DEVICES_PER_BUS      32u
#define PCI_FUNCTIONS_PER_DEVICE 8u

struct pci_address {
    uint16_t segment;
    uint8_t bus, device, function;
};

struct pci_function {
    struct pci_address at;
    struct pci_header header;
};

/* The 4 bytes of configuration space at `offset`, a multiple of 4; all ones where nobody answers. */
typedef uint32_t pci_config_read(struct pci_address at, uint32_t offset);

/* The buses of a segment that can be reached. */
struct pci_buses {
    uint16_t segment;
    uint8_t first, last;
};

/*
 * Lists the functions on the first of `buses` and on all buses among them that bridges lead to, each bus
 * once, whatever the bridges say, and the lowest first. Stores at most `room` of them and returns how many
 * there are. Buses that no bridge leads to, as in machines with several sockets, are not found: only AML
 * names them.
 */
uint32_t pci_walk(struct pci_buses buses, pci_config_read *read, struct pci_function *list, uint32_t room);

#endif
