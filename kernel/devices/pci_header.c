/*
 * pci_header.c - reading the header of a PCI function's configuration space.
 */
#include "kernel/devices/pci_header.h"

/* Offsets in the header. */
#define VENDOR        0x00
#define DEVICE        0x02
#define REVISION      0x08
#define PROG_IF       0x09
#define SUBCLASS      0x0a
#define CLASS         0x0b
#define HEADER_TYPE   0x0e
#define BARS          0x10
#define SECONDARY_BUS 0x19 /* of a bridge, CardBus too */

#define MULTI_FUNCTION 0x80u
#define NOBODY         0xffffu

/* In a base address register. */
#define BAR_IO           0x1u
#define BAR_TYPE         0x6u
#define BAR_64           0x4u
#define BAR_PREFETCHABLE 0x8u

bool pci_header_read(struct span config, struct pci_header *header)
{
    static const struct pci_header nothing = {0};
    uint8_t type = span_u8(config, HEADER_TYPE);

    *header = nothing;
    if (config.n < PCI_HEADER_BYTES || span_u16(config, VENDOR) == NOBODY || span_u16(config, VENDOR) == 0)
        return false;
    header->vendor = span_u16(config, VENDOR);
    header->device = span_u16(config, DEVICE);
    header->class = span_u8(config, CLASS);
    header->subclass = span_u8(config, SUBCLASS);
    header->prog_if = span_u8(config, PROG_IF);
    header->revision = span_u8(config, REVISION);
    header->layout = (uint8_t)(type % MULTI_FUNCTION);
    header->is_multi_function = type >= MULTI_FUNCTION;
    if (header->layout == PCI_LAYOUT_BRIDGE || header->layout == PCI_LAYOUT_CARDBUS)
        header->secondary_bus = span_u8(config, SECONDARY_BUS);
    return true;
}

uint32_t pci_num_bars(uint8_t layout)
{
    return layout == PCI_LAYOUT_DEVICE ? 6 : layout == PCI_LAYOUT_BRIDGE ? 2 : 0;
}

uint32_t pci_bar_read(struct span config, uint32_t n, struct pci_bar *bar)
{
    size_t at = BARS + (size_t)n * 4;
    uint32_t low = span_u32(config, at);

    bar->is_io = (low & BAR_IO) != 0;
    bar->is_64bit = !bar->is_io && (low & BAR_TYPE) == BAR_64;
    bar->is_prefetchable = !bar->is_io && (low & BAR_PREFETCHABLE) != 0;
    bar->base = bar->is_io ? low & ~3u : low & ~15u;
    if (bar->is_64bit)
        bar->base |= (uint64_t)span_u32(config, at + 4) << 32;
    return n + 1 + bar->is_64bit;
}
