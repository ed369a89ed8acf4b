/*
 * scan_codes.h - from the bytes of a PC keyboard to keys. Pure.
 *
 * Scan code set 1, as the keyboard controller translates it, on a US keyboard.
 */
#ifndef KERNEL_SCAN_CODES_H
#define KERNEL_SCAN_CODES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/devices/keys.h"

/* All zero: nothing is held down, Num Lock is on. */
struct scan_codes {
    bool extended;   /* behind 0xe0, which makes the next byte another key */
    uint8_t skip;    /* bytes of an 0xe1 sequence that are still to come */
    uint8_t held[2]; /* modifiers held down: left ones, right ones */
    bool caps_lock, caps_held;
    bool num_lock_off, num_held;
};

/*
 * Takes one byte. True if it completes a key that was pressed, or repeats one held down. Releases,
 * modifiers, what no US keyboard sends and the controller's own bytes only change the state.
 */
bool scan_codes_feed(struct scan_codes *d, uint8_t byte, struct key *key);

#endif
