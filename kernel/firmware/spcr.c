/*
 * spcr.c - reading which serial port is the console, from SPCR and DBG2.
 */
#include "kernel/firmware/spcr.h"

/* Offsets in SPCR. */
#define INTERFACE_TYPE 36
#define BASE           40
#define INTERRUPT_TYPE 52
#define IRQ            53
#define GSI            54
#define BAUD_RATE      58
#define SPCR_BYTES     80 /* of revision 1 */
#define PRECISE_BAUD   80

/* In INTERRUPT_TYPE. */
#define HAS_IRQ 1u
#define HAS_GSI 6u /* of an I/O APIC or an I/O SAPIC */

/* Offsets in DBG2, and in each of its devices. */
#define DEVICES         36
#define NUM_DEVICES     40
#define DBG2_BYTES      44
#define DEVICE_LENGTH   1
#define DEVICE_NUM_BASE 3
#define DEVICE_TYPE     12
#define DEVICE_SUBTYPE  14
#define DEVICE_BASE     18
#define DEVICE_BYTES    22

#define TYPE_SERIAL 0x8000u

/*@ requires \valid(port);
    assigns *port; */
static bool take_port(struct spcr_port *port, uint32_t kind, struct acpi_gas registers)
{
    static const struct spcr_port nothing = {0};

    *port = nothing;
    if (kind != SPCR_16550 && kind != SPCR_16550_SUBSET && kind != SPCR_16550_GAS)
        return false;
    if (registers.address == 0 || registers.space > ACPI_SPACE_IO)
        return false;
    port->kind = (uint8_t)kind;
    port->registers = registers;
    return true;
}

/*@ requires span_ok(table);
    assigns \nothing; */
static uint32_t baud_rate(struct span table)
{
    if (span_u32(table, PRECISE_BAUD) != 0)
        return span_u32(table, PRECISE_BAUD);
    switch (span_u8(table, BAUD_RATE)) {
    case 3:
        return 9600;
    case 4:
        return 19200;
    case 6:
        return 57600;
    case 7:
        return 115200;
    default:
        return 0;
    }
}

bool spcr_read(struct span table, struct spcr_port *port)
{
    struct span fields = span_sub(table, 0, table.n < SPCR_BYTES ? 0 : table.n);

    if (!take_port(port, span_u8(fields, INTERFACE_TYPE), acpi_gas_read(fields, BASE)))
        return false;
    port->baud = baud_rate(fields);
    if ((span_u8(fields, INTERRUPT_TYPE) & HAS_IRQ) != 0)
        port->irq = span_u8(fields, IRQ);
    if ((span_u8(fields, INTERRUPT_TYPE) & HAS_GSI) != 0)
        port->gsi = span_u32(fields, GSI);
    return true;
}

/*@ requires span_ok(device) && \valid(port);
    assigns *port; */
static bool take_device(struct span device, struct spcr_port *port)
{
    return span_u16(device, DEVICE_TYPE) == TYPE_SERIAL && span_u8(device, DEVICE_NUM_BASE) > 0 &&
           take_port(port, span_u16(device, DEVICE_SUBTYPE),
                     acpi_gas_read(device, span_u16(device, DEVICE_BASE)));
}

bool dbg2_read(struct span table, struct spcr_port *port)
{
    static const struct spcr_port nothing = {0};
    uint32_t num_devices = table.n < DBG2_BYTES ? 0 : span_u32(table, NUM_DEVICES);
    size_t at = span_u32(table, DEVICES);

    *port = nothing;
    /*@ loop invariant at <= 0xffffffff || at <= table.n;
        loop assigns at, num_devices, *port;
        loop variant num_devices; */
    for (; num_devices > 0; num_devices--) {
        struct span device = span_sub(table, at, span_u16(table, at + DEVICE_LENGTH));

        if (device.n < DEVICE_BYTES)
            return false;
        if (take_device(device, port))
            return true;
        at += device.n;
    }
    return false;
}
