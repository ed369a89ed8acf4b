/*
 * pci_walk.c - finding the functions of a PCI segment.
 */
#include "kernel/devices/pci_walk.h"

#define NUM_BUSES 256u

struct walk {
    struct pci_buses buses;
    pci_config_read *read;
    struct pci_function *list;
    uint32_t room, num;
    uint8_t is_known[NUM_BUSES]; /* walked, or to be walked */
    uint8_t is_done[NUM_BUSES];
};

static bool read_header(const struct walk *walk, struct pci_address at, struct pci_header *header)
{
    uint32_t config[PCI_HEADER_BYTES / 4];

    config[0] = walk->read(at, 0);
    if (config[0] == UINT32_MAX)
        return false;
    for (uint32_t i = 1; i < PCI_HEADER_BYTES / 4; i++)
        config[i] = walk->read(at, i * 4);
    return pci_header_read(span_of(config, sizeof config), header);
}

static void add(struct walk *walk, struct pci_address at, const struct pci_header *header)
{
    uint8_t behind = header->secondary_bus;

    if (walk->num < walk->room)
        walk->list[walk->num] = (struct pci_function){at, *header};
    walk->num++;
    if (behind > walk->buses.first && behind <= walk->buses.last)
        walk->is_known[behind] = 1;
}

/* The functions of a device; there is none if the first is not there (PCI Local Bus 3.0, 3.2.2.3.4). */
static void walk_device(struct walk *walk, struct pci_address at)
{
    uint32_t num_functions = 1;
    struct pci_header header;

    for (uint32_t function = 0; function < num_functions; function++) {
        at.function = (uint8_t)function;
        if (!read_header(walk, at, &header))
            continue;
        add(walk, at, &header);
        if (function == 0 && header.is_multi_function)
            num_functions = PCI_FUNCTIONS_PER_DEVICE;
    }
}

static void walk_bus(struct walk *walk, uint8_t bus)
{
    struct pci_address at = {walk->buses.segment, bus, 0, 0};

    walk->is_done[bus] = 1;
    for (uint32_t device = 0; device < PCI_DEVICES_PER_BUS; device++) {
        at.device = (uint8_t)device;
        walk_device(walk, at);
    }
}

/* The lowest bus that is known and not yet walked; NUM_BUSES if there is none. */
static uint32_t next_bus(const struct walk *walk)
{
    uint32_t bus = 0;

    while (bus < NUM_BUSES && (walk->is_known[bus] == 0 || walk->is_done[bus] != 0))
        bus++;
    return bus;
}

uint32_t pci_walk(struct pci_buses buses, pci_config_read *read, struct pci_function *list, uint32_t room)
{
    struct walk walk = {.buses = buses, .read = read, .list = list, .room = room};
    uint32_t bus;

    walk.is_known[buses.first] = 1;
    while ((bus = next_bus(&walk)) < NUM_BUSES)
        walk_bus(&walk, (uint8_t)bus);
    return walk.num;
}
