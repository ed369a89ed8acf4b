/*
 * keys.h - a key as the kernel knows it, wherever it was pressed.
 */
#ifndef KERNEL_KEYS_H
#define KERNEL_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* Keys that make no character stand behind the last code point of Unicode. */
enum key_code {
    KEY_BACKSPACE = 0x08,
    KEY_TAB = 0x09,
    KEY_ENTER = 0x0a,
    KEY_ESCAPE = 0x1b,
    KEY_UP = 0x110000,
    KEY_DOWN,
    KEY_RIGHT,
    KEY_LEFT,
    KEY_HOME,
    KEY_END,
    KEY_INSERT,
    KEY_DELETE,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_F1,
    KEY_F12 = KEY_F1 + 11,
};

/* The code of function key `number`, 1 to 12. */
static inline uint32_t key_function(uint32_t number)
{
    return KEY_F1 + number - 1;
}

/* What was held down. Shift is told only where the character does not tell it. In the order of a terminal's
 * bits. */
#define KEY_SHIFT   1u
#define KEY_ALT     2u
#define KEY_CONTROL 4u

struct key {
    uint32_t code;      /* a Unicode scalar value (control-C: 'c' with KEY_CONTROL), or an enum key_code */
    uint32_t modifiers; /* KEY_SHIFT, KEY_ALT, KEY_CONTROL */
};

#define KEY_TEXT_BYTES 32

/* The name of a key: "a", "space", "U+00E4", "up", "control-c", "alt-shift-f5". */
void key_text(struct key key, char text[KEY_TEXT_BYTES]);

#endif
