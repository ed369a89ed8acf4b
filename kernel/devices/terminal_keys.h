/*
 * terminal_keys.h - from the bytes of a terminal to keys. Pure.
 *
 * UTF-8, the control characters, and the sequences that VT100, xterm and the Linux console send for the keys
 * without a character (ECMA-48, 5.4; xterm, ctlseqs.txt, "PC-Style Function Keys").
 */
#ifndef KERNEL_TERMINAL_KEYS_H
#define KERNEL_TERMINAL_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/devices/keys.h"
#include "kernel/lib/utf8.h"

/* All zero: between two keys. */
struct terminal_keys {
    uint8_t state;         /* what the bytes so far are; private to terminal_keys.c */
    uint8_t num_parameter; /* which of them comes next */
    uint8_t parameters[2];
    bool alt;        /* behind an escape, for a character of several bytes */
    bool had_return; /* a line feed right behind a carriage return is not a second Enter */
    struct utf8 utf8;
};

/*
 * Takes one byte. Stores the keys it completes in `keys` and returns how many: 0, 1 or 2. A sequence that no
 * key has is passed over as a whole, one that is cut short up to the cut; an escape before a character is
 * Alt. What is no UTF-8 becomes U+FFFD.
 */
uint32_t terminal_keys_feed(struct terminal_keys *d, uint8_t byte, struct key keys[2]);

/*
 * Nothing has come for as long as bytes of one key may be apart: an escape by itself is then the key
 * Escape. Returns 1 with the key, or 0. The decoder is as new.
 */
uint32_t terminal_keys_end(struct terminal_keys *d, struct key *key);

/* True while terminal_keys_end() has something to end. */
bool terminal_keys_is_waiting(const struct terminal_keys *d);

#endif
