/*
 * serial_candidates.c - the serial ports the console may use.
 */
#include "kernel/devices/serial_candidates.h"

#include "kernel/console/serial.h"

#define LOWEST_PORT     0x100u  /* below are the devices of the main board itself */
#define HIGHEST_PORT    0xfff8u /* the last that has room for 8 registers */
#define PCI_PORTS       0xcf8u  /* to 0xcff: a byte there resets the machine */
#define BAUD_BASE       115200u
#define LARGEST_DIVISOR 0xffffu

static const uint16_t com_ports[] = {SERIAL_COM1, 0x2f8, 0x3e8, 0x2e8};

#define NUM_COM_PORTS (sizeof com_ports / sizeof com_ports[0])

struct list {
    struct serial_candidate *rows;
    uint32_t num;
};

static bool can_be(const struct serial_candidate *c)
{
    if (c->is_in_memory)
        return c->address != 0 && c->address % c->stride_bytes == 0;
    return c->address >= LOWEST_PORT && c->address <= HIGHEST_PORT &&
           (c->address + 7 < PCI_PORTS || c->address > PCI_PORTS + 7);
}

static bool is_listed(const struct list *list, const struct serial_candidate *c)
{
    for (uint32_t i = 0; i < list->num; i++) {
        if (list->rows[i].address == c->address && list->rows[i].is_in_memory == c->is_in_memory)
            return true;
    }
    return false;
}

static void add(struct list *list, struct serial_candidate c)
{
    if (can_be(&c) && !is_listed(list, &c))
        list->rows[list->num++] = c;
}

/* A speed that is no part of 115200 baud must come from another clock, which only the firmware knows. */
static uint16_t divisor_for(uint32_t baud)
{
    if (baud == 0 || BAUD_BASE % baud != 0 || BAUD_BASE / baud > LARGEST_DIVISOR)
        return 0;
    return (uint16_t)(BAUD_BASE / baud);
}

static void add_told(struct list *list, enum serial_source source, const struct spcr_port *port)
{
    const struct acpi_gas *r = &port->registers;
    bool is_in_memory = r->space == ACPI_SPACE_MEMORY, is_wide = r->bit_width == 32 || r->access_size == 3;

    add(list, (struct serial_candidate){source, is_in_memory, r->address, is_in_memory && is_wide ? 4 : 1,
                                        divisor_for(port->baud)});
}

static void add_port(struct list *list, enum serial_source source, uint16_t port)
{
    add(list, (struct serial_candidate){source, false, port, 1, SERIAL_DIVISOR_115200});
}

uint32_t serial_candidates(const struct spcr_port *spcr, const struct spcr_port *dbg2,
                           const uint16_t bios[BOOT_NUM_SERIAL_PORTS],
                           struct serial_candidate list[SERIAL_MAX_CANDIDATES])
{
    struct list all = {list, 0};

    add_told(&all, SERIAL_BY_SPCR, spcr);
    add_told(&all, SERIAL_BY_DBG2, dbg2);
    for (uint32_t i = 0; i < BOOT_NUM_SERIAL_PORTS; i++)
        add_port(&all, SERIAL_BY_BIOS, bios[i]);
    for (uint32_t i = 0; i < NUM_COM_PORTS; i++)
        add_port(&all, SERIAL_BY_PROBE, com_ports[i]);
    return all.num;
}

uint32_t serial_com_number(const struct serial_candidate *candidate)
{
    for (uint32_t i = 0; i < NUM_COM_PORTS; i++) {
        if (!candidate->is_in_memory && candidate->address == com_ports[i])
            return i + 1;
    }
    return 0;
}
