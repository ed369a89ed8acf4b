/*
 * a20.h - address line A20, without which every odd megabyte is a mirror of the one below it.
 */
#ifndef LEGACY_A20_H
#define LEGACY_A20_H

#include <stdbool.h>

/*
 * Turns A20 on if it is off: by the BIOS (INT 15h AX=2401h), by the keyboard controller, by port 0x92, each
 * with bounded waits, each believed only when memory stops wrapping. False if all of them fail.
 * For 16-bit C with DS = ES = SS, whatever that segment is.
 */
bool a20_enable(void);

#endif
