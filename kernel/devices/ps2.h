/*
 * ps2.h - the keyboard controller of the PC, an 8042 or firmware that plays one, and the keyboard behind it
 * (IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller"). Polled.
 */
#ifndef KERNEL_PS2_H
#define KERNEL_PS2_H

#include <stdbool.h>
#include <stdint.h>

/* Each read of a port takes about 1 us: more than any answer takes but that of a keyboard's own test. */
#define PS2_MAX_POLLS 25000

/* A keyboard tests itself for up to 750 ms once it has been reset. */
#define PS2_MAX_RESET_POLLS 1000000

/*
 * Tests the controller and its first port, makes it translate to scan code set 1, without interrupts, with
 * the second port (a mouse) off, and puts the keyboard into its default state, sending keys. Null when keys
 * will come; otherwise what is missing, in words: then ps2_read() gives nothing. Waits for answers, each a
 * bounded time: in all below 0.2 s, but where a keyboard had to be reset. May be called again.
 */
const char *ps2_init(void);

/* The next byte of the keyboard, without waiting: see scan_codes.h. False if there is none. */
bool ps2_read(uint8_t *byte);

/* Pulses the reset line of the CPU, as the controller of an AT does. False, at once, if there is none. */
bool ps2_reset_cpu(void);

#endif
