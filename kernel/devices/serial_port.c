/*
 * serial_port.c - the serial port the console uses.
 */
#include "kernel/devices/serial_port.h"

#include <stddef.h>

#include "kernel/console/console.h"
#include "kernel/console/serial_console.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/memory/kernel_map.h"

#define NUM_REGISTERS 8u
#define SPCR_BASE     40 /* where the registers are; all 0 where the firmware has no console on a port */

static struct serial_choice choice;

const struct serial_choice *serial_port_choice(void)
{
    return &choice;
}

/* The console began with it, at 115200 baud. */
static bool is_in_use(const struct serial_candidate *c)
{
    return !c->is_in_memory && c->address == serial_console_port().port &&
           (c->divisor == SERIAL_DIVISOR_115200 || c->divisor == 0);
}

static bool open_in_memory(const struct serial_candidate *c, struct serial *port)
{
    volatile void *registers = map_device(c->address, NUM_REGISTERS * c->stride_bytes);

    if (registers == NULL)
        return false;
    port->port = (uintptr_t)registers;
    if (serial_open(port, c->divisor))
        return true;
    kernel_unmap(registers);
    return false;
}

static bool open_port(const struct serial_candidate *c, struct serial *port)
{
    port->stride_bytes = c->stride_bytes;
    if (c->is_in_memory)
        return open_in_memory(c, port);
    port->port = (uintptr_t)c->address;
    return serial_open(port, c->divisor);
}

/* What the former port has been given is sent first: it is at its own speed, and may be this one. */
static bool take(const struct serial_candidate *c)
{
    struct serial port;

    if (is_in_use(c))
        return true;
    console_flush();
    if (!open_port(c, &port))
        return false;
    printk("The console goes on at 0x%llx.\n", (unsigned long long)c->address);
    console_flush();
    console_set_serial(&port);
    return true;
}

/* Why a port that a table told is not the one, where it was tried. */
static const char *remark(const struct spcr_port *told, enum serial_source source)
{
    uint64_t address = told->registers.address;

    if (address == 0 || address == choice.port.address || choice.port.source < source)
        return NULL;
    return "names a port where there is none";
}

void serial_port_choose(void)
{
    struct span spcr_table = acpi_find(SPCR_SIGNATURE, 0), dbg2_table = acpi_find(DBG2_SIGNATURE, 0);
    struct serial_candidate list[SERIAL_MAX_CANDIDATES];
    struct spcr_port spcr, dbg2;
    bool has_spcr = spcr_read(spcr_table, &spcr), has_dbg2 = dbg2_read(dbg2_table, &dbg2);
    uint32_t num = serial_candidates(&spcr, &dbg2, boot_info.serial_ports, list);

    for (uint32_t i = 0; i < num && !choice.is_found; i++) {
        choice.port = list[i];
        choice.is_found = take(&list[i]);
    }
    choice.spcr_remark = remark(&spcr, SERIAL_BY_SPCR);
    choice.dbg2_remark = remark(&dbg2, SERIAL_BY_DBG2);
    if (!has_spcr && acpi_gas_read(spcr_table, SPCR_BASE).address != 0)
        choice.spcr_remark = "names no 16550";
    if (!has_dbg2 && dbg2_table.n > 0)
        choice.dbg2_remark = "names no 16550";
}
