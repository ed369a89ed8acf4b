/*
 * pci.c - the PCI functions of this machine.
 */
#include "kernel/devices/pci.h"

#include <stddef.h>

#include "kernel/boot/section.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/firmware/mcfg.h"
#include "kernel/memory/kernel_map.h"

#define ADDRESS_PORT   0xcf8
#define DATA_PORT      0xcfc
#define ADDRESS_ENABLE 0x80000000u
#define PORTS_BYTES    256u
#define NOBODY         UINT32_MAX
#define HEADER_BYTES   64u
#define APICS_PADDR    UINT64_C(0xfee00000) /* a MiB (Intel SDM vol. 3A, 11.11.1) */

/* A bus of which configuration space has been mapped. */
struct mapped_bus {
    uint16_t segment;
    uint8_t bus;
    const volatile uint8_t *config;
};

#define MAX_MAPPED 256u

struct pci pci;
NOINIT static struct pci_function functions[PCI_MAX_FUNCTIONS];
NOINIT static struct mapped_bus mapped[MAX_MAPPED];
static uint32_t num_mapped;
static struct mcfg_range range; /* what is being listed; buses of it are mapped when they are first read */
static struct spinlock ports_lock = SPINLOCK("pci", LOCK_PCI);

/* The ports. */

static uint32_t ports_read(struct pci_address at, uint32_t offset)
{
    uint32_t device = (uint32_t)at.device << 11 | (uint32_t)at.function << 8;

    if (at.segment != 0 || offset >= PORTS_BYTES)
        return NOBODY;
    spin_lock(&ports_lock);
    out32(ADDRESS_PORT, ADDRESS_ENABLE | (uint32_t)at.bus << 16 | device | offset);
    uint32_t value = in32(DATA_PORT);
    spin_unlock(&ports_lock);
    return value;
}

/* The address register keeps what was written to it. */
static bool ports_work(void)
{
    uint32_t before = in32(ADDRESS_PORT);

    out32(ADDRESS_PORT, ADDRESS_ENABLE);
    bool works = in32(ADDRESS_PORT) == ADDRESS_ENABLE;
    out32(ADDRESS_PORT, before);
    return works;
}

/* ECAM. */

static const volatile uint8_t *find_mapped(uint16_t segment, uint8_t bus)
{
    for (uint32_t i = num_mapped; i > 0; i--) { /* the latest is asked for most */
        if (mapped[i - 1].segment == segment && mapped[i - 1].bus == bus)
            return mapped[i - 1].config;
    }
    return NULL;
}

static uint32_t read_at(const volatile uint8_t *config, struct pci_address at, uint32_t offset)
{
    uint32_t function = at.device * PCI_FUNCTIONS_PER_DEVICE + at.function;

    return config == NULL ? NOBODY : device_read32(config + function * PCI_CONFIG_BYTES + offset);
}

/* Where the local APICs are there is nothing else, and to read at random there is an error of theirs. */
static const volatile uint8_t *map_bus(uint64_t paddr)
{
    if (paddr < APICS_PADDR + MCFG_BYTES_PER_BUS && paddr + MCFG_BYTES_PER_BUS > APICS_PADDR)
        return NULL;
    return map_device(paddr, MCFG_BYTES_PER_BUS);
}

/* The same, of a bus that may not have been mapped yet; it is then mapped, if that can be had. */
static uint32_t read_new(struct pci_address at, uint32_t offset)
{
    const volatile uint8_t *config = find_mapped(at.segment, at.bus);

    if (config == NULL && num_mapped < MAX_MAPPED) {
        config = map_bus(range.paddr + at.bus * MCFG_BYTES_PER_BUS);
        mapped[num_mapped++] = (struct mapped_bus){at.segment, at.bus, config};
        if (config == NULL)
            pci.ecam_error = "cannot be mapped";
    }
    return read_at(config, at, offset);
}

/* Where both ways lead to the same bus they must find the same there. */
static bool agrees_with_ports(bool has_ports)
{
    struct pci_address at = {0, 0, 0, 0};

    if (!has_ports || range.segment != 0 || range.first_bus != 0)
        return true;
    for (; at.device < PCI_DEVICES_PER_BUS; at.device++) {
        if (read_new(at, 0) != ports_read(at, 0))
            return false;
    }
    return true;
}

/* The list. */

static void list(struct pci_buses buses, pci_config_read *read)
{
    uint32_t room = PCI_MAX_FUNCTIONS - pci.num_functions;
    uint32_t num = pci_walk(buses, read, functions + pci.num_functions, room);

    pci.num_functions += num < room ? num : room;
    pci.num_lost += num < room ? 0 : num - room;
}

/* Its first bus is the latest that was mapped, or could not be. */
static void refuse_range(void)
{
    const volatile uint8_t *config = mapped[--num_mapped].config;

    if (config != NULL)
        kernel_unmap(config);
    if (pci.ecam_error == NULL)
        pci.ecam_error = "is not what the ports show";
}

static void list_range(bool has_ports)
{
    if (find_mapped(range.segment, range.first_bus) != NULL || num_mapped == MAX_MAPPED)
        return; /* told twice, or one too many */
    if (!agrees_with_ports(has_ports)) {
        refuse_range();
        return;
    }
    if (pci.mechanism == PCI_NONE)
        pci.ecam_paddr = range.paddr;
    pci.mechanism = PCI_ECAM;
    list((struct pci_buses){range.segment, range.first_bus, range.last_bus}, read_new);
}

void pci_init(void)
{
    struct span mcfg = acpi_find(MCFG_SIGNATURE, 0);
    bool has_ports = ports_work();

    for (uint32_t i = 0; i < mcfg_num_ranges(mcfg); i++) {
        if (mcfg_read(mcfg, i, &range))
            list_range(has_ports);
    }
    if (pci.mechanism == PCI_NONE && has_ports) {
        pci.mechanism = PCI_PORTS;
        list((struct pci_buses){0, 0, UINT8_MAX}, ports_read);
    }
}

const struct pci_function *pci_function_at(uint32_t number)
{
    return number < pci.num_functions ? &functions[number] : NULL;
}

uint32_t pci_read(struct pci_address at, uint32_t offset)
{
    if (pci.mechanism == PCI_PORTS)
        return ports_read(at, offset);
    return offset < PCI_CONFIG_BYTES ? read_at(find_mapped(at.segment, at.bus), at, offset) : NOBODY;
}

static bool has_memory_at(const struct pci_function *f, uint64_t paddr)
{
    uint32_t config[HEADER_BYTES / 4], num_bars = pci_num_bars(f->header.layout);
    struct pci_bar bar;

    for (uint32_t i = 0; i < HEADER_BYTES / 4; i++)
        config[i] = pci_read(f->at, i * 4);
    for (uint32_t n = 0; n < num_bars;) {
        n = pci_bar_read(span_of(config, sizeof config), n, &bar);
        if (!bar.is_io && bar.base == paddr)
            return true;
    }
    return false;
}

const struct pci_function *pci_find_display(uint64_t paddr)
{
    const struct pci_function *first = NULL;

    for (uint32_t i = 0; i < pci.num_functions; i++) {
        const struct pci_function *f = &functions[i];

        if (f->header.class != PCI_CLASS_DISPLAY)
            continue;
        if (has_memory_at(f, paddr))
            return f;
        first = first != NULL ? first : f;
    }
    return first;
}
