/*
 * spcr.h - reading which serial port is the console: SPCR (Microsoft, Serial Port Console Redirection
 * Table 1.10) and, for debuggers, DBG2 (Microsoft Debug Port Table 2, 1.2).
 */
#ifndef KERNEL_SPCR_H
#define KERNEL_SPCR_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/firmware/acpi_gas.h"

#define SPCR_SIGNATURE "SPCR"
#define DBG2_SIGNATURE "DBG2"

/* How the registers look; those of a PC. Revision 1 of SPCR has 0 and 1 only. */
enum spcr_kind {
    SPCR_16550 = 0,
    SPCR_16550_SUBSET = 1,
    SPCR_16550_GAS = 18, /* as wide and as far apart as the address structure says */
};

struct spcr_port {
    uint8_t kind;              /* enum spcr_kind */
    struct acpi_gas registers; /* in I/O or memory */
    uint32_t baud;             /* 0: as the firmware left it, or not told */
    uint32_t irq, gsi;         /* 0: not told */
};

/*
 * Each false, and all 0, if there is no table, one too short, or if what it tells is no port that a PC has:
 * SPCR's address is 0 where the firmware has no console there.
 */
/*@ requires span_ok(table) && \valid(port);
    assigns *port; */
bool spcr_read(struct span table, struct spcr_port *port);

/* The first such port among those of DBG2. */
/*@ requires span_ok(table) && \valid(port);
    assigns *port; */
bool dbg2_read(struct span table, struct spcr_port *port);

#endif
