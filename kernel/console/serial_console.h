/*
 * serial_console.h - the serial port of the console: which it is, and another one in its place.
 */
#ifndef KERNEL_SERIAL_CONSOLE_H
#define KERNEL_SERIAL_CONSOLE_H

#include "kernel/console/serial.h"

/* The port in use; its `port` is 0 if there is none. */
struct serial serial_console_port(void);

/* For console_set_serial(): sends what comes next over `port`, and before it all that the log has. */
void serial_console_move(const struct serial *port);

#endif
