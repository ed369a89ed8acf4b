/*
 * serial_port.h - the serial port the console uses, chosen once the firmware's tables can be read.
 */
#ifndef KERNEL_SERIAL_PORT_H
#define KERNEL_SERIAL_PORT_H

#include <stdbool.h>

#include "kernel/devices/serial_candidates.h"

struct serial_choice {
    bool is_found; /* false: there is no serial port */
    struct serial_candidate port;
    const char *spcr_remark, *dbg2_remark; /* why not the one that SPCR or DBG2 names; null: no reason */
};

/*
 * Takes the first of serial_candidates() that answers, and moves the console there, unless it is the port
 * that the console began with and at its speed. Once, behind firmware_tables_init().
 */
void serial_port_choose(void);

/* What was chosen, and why. */
const struct serial_choice *serial_port_choice(void);

#endif
