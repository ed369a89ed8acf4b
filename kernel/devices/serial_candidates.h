/*
 * serial_candidates.h - the serial ports the console may use, in the order they are tried.
 */
#ifndef KERNEL_SERIAL_CANDIDATES_H
#define KERNEL_SERIAL_CANDIDATES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/boot/boot_info.h"
#include "kernel/firmware/spcr.h"

enum serial_source {
    SERIAL_BY_SPCR, /* the firmware's own console */
    SERIAL_BY_DBG2, /* for debuggers */
    SERIAL_BY_BIOS, /* the BIOS data area */
    SERIAL_BY_PROBE,
    SERIAL_NUM_SOURCES
};

struct serial_candidate {
    enum serial_source source;
    bool is_in_memory;
    uint64_t address;     /* I/O port, or physical */
    uint8_t stride_bytes; /* 1, or in memory 4 */
    uint16_t divisor;     /* of 115200 baud; 0: as the firmware left it */
};

/* Each address once: SPCR, DBG2, four of the BIOS data area, four where PCs have had them. */
#define SERIAL_MAX_CANDIDATES 10

/*
 * Lists the ports that SPCR and DBG2 name (registers.address 0: none), those of the BIOS data area (0: none),
 * and then COM1 to COM4, each at the first place it comes up. What cannot be a port is left out: below 0x100,
 * at the end of I/O space, or where PCI has its configuration space. Returns how many.
 */
uint32_t serial_candidates(const struct spcr_port *spcr, const struct spcr_port *dbg2,
                           const uint16_t bios[BOOT_NUM_SERIAL_PORTS],
                           struct serial_candidate list[SERIAL_MAX_CANDIDATES]);

/* 1 for COM1 at 0x3f8, and so on to 4; 0 for every other. */
uint32_t serial_com_number(const struct serial_candidate *candidate);

#endif
