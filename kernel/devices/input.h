/*
 * input.h - what is typed, on the PS/2 keyboard and at the other end of the serial port: one stream of keys.
 */
#ifndef KERNEL_INPUT_H
#define KERNEL_INPUT_H

#include <stdbool.h>

#include "kernel/devices/keys.h"
#include "kernel/lib/span.h"

/* Looks for a keyboard, unless the FADT says that there is no controller. After firmware_tables_init() and
 * console_init(). */
void input_init(void);

/* Why there is no PS/2 keyboard, in words; null if there is one. */
const char *input_keyboard_fault(void);

/* The next key, without waiting: false if there is none. Not from a handler of interrupts. */
bool input_poll(struct key *key);

/* The next key. Waits for it, as long as it takes, with everything printed. */
struct key input_wait(void);

/* The command-line word `keys`: prints the name of each key that is pressed, until Enter. */
void input_keys_run(struct span value);

#endif
