/*
 * scan_codes.c - from the bytes of a PC keyboard to keys.
 */
#include "kernel/devices/scan_codes.h"

#define EXTENDED 0xe0 /* one byte follows */
#define PAUSE    0xe1 /* two bytes follow */
#define RELEASE  0x80
#define OVERRUN  0xff /* also 0x00: the keyboard lost what happened */

#define SCAN_CONTROL     0x1d
#define SCAN_LEFT_SHIFT  0x2a
#define SCAN_RIGHT_SHIFT 0x36
#define SCAN_ALT         0x38
#define SCAN_CAPS_LOCK   0x3a
#define SCAN_F1          0x3bu
#define SCAN_F10         0x44
#define SCAN_NUM_LOCK    0x45
#define SCAN_KEYPAD      0x47 /* home, or 7 */
#define SCAN_KEYPAD_END  0x53 /* delete, or the point */
#define SCAN_102ND       0x56 /* beside the left shift key, where there is one */
#define SCAN_F11         0x57u
#define SCAN_F12         0x58

/* By scan code, from 0 on; 0: makes no character. */
static const char plain[] = "\0\0331234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

/* From SCAN_KEYPAD on, with Num Lock and without. */
static const char keypad_digits[] = "789-456+1230.";
static const uint32_t keypad_keys[] = {KEY_HOME,  KEY_UP, KEY_PAGE_UP, '-',      KEY_LEFT,      0,
                                       KEY_RIGHT, '+',    KEY_END,     KEY_DOWN, KEY_PAGE_DOWN, KEY_INSERT,
                                       KEY_DELETE};

_Static_assert(sizeof plain == SCAN_CAPS_LOCK + 1 && sizeof shifted == sizeof plain, "up to the space bar");
_Static_assert(sizeof keypad_keys / sizeof keypad_keys[0] == SCAN_KEYPAD_END - SCAN_KEYPAD + 1, "the keypad");

/* The modifier that a key is, 0 if none. */
static uint8_t modifier_of(uint8_t scan)
{
    switch (scan) {
    case SCAN_CONTROL:
        return KEY_CONTROL;
    case SCAN_ALT:
        return KEY_ALT;
    case SCAN_LEFT_SHIFT:
    case SCAN_RIGHT_SHIFT:
        return KEY_SHIFT;
    default:
        return 0;
    }
}

static bool is_right(uint8_t scan, bool extended)
{
    return extended || scan == SCAN_RIGHT_SHIFT;
}

/* An extended shift is not a key: keyboards put it around others, for programs of 1984. */
static void hold(struct scan_codes *d, uint8_t scan, bool extended, bool pressed)
{
    uint8_t modifier = modifier_of(scan), *held = &d->held[is_right(scan, extended)];

    if (extended && modifier == KEY_SHIFT)
        return;
    *held = (uint8_t)(pressed ? *held | modifier : *held & ~modifier);
}

/* Changes what is locked when the key goes down, not when it repeats. */
static void lock(bool *locked, bool *held, bool pressed)
{
    if (pressed && !*held)
        *locked = !*locked;
    *held = pressed;
}

/* The key of a scan code behind 0xe0; 0 if a US keyboard has none. */
static uint32_t extended_code(uint8_t scan)
{
    if (scan == 0x1c)
        return KEY_ENTER;
    if (scan == 0x35)
        return '/';
    if (scan < SCAN_KEYPAD || scan > SCAN_KEYPAD_END)
        return 0;
    uint32_t code = keypad_keys[scan - SCAN_KEYPAD];
    return code >= KEY_UP ? code : 0;
}

static uint32_t character(const struct scan_codes *d, uint8_t scan, uint32_t modifiers)
{
    bool is_letter = plain[scan] >= 'a' && plain[scan] <= 'z';

    if (modifiers & KEY_CONTROL)
        return (uint8_t)plain[scan];
    bool shift = (modifiers & KEY_SHIFT) != 0;
    return (uint8_t)(shift != (is_letter && d->caps_lock) ? shifted : plain)[scan];
}

static uint32_t code_of(const struct scan_codes *d, uint8_t scan, uint32_t modifiers)
{
    bool shift = (modifiers & KEY_SHIFT) != 0;

    if (scan < sizeof plain - 1)
        return character(d, scan, modifiers);
    if (scan >= SCAN_F1 && scan <= SCAN_F10)
        return key_function(scan - SCAN_F1 + 1);
    if (scan >= SCAN_KEYPAD && scan <= SCAN_KEYPAD_END)
        return shift == d->num_lock_off ? (uint8_t)keypad_digits[scan - SCAN_KEYPAD]
                                        : keypad_keys[scan - SCAN_KEYPAD];
    if (scan == SCAN_F11 || scan == SCAN_F12)
        return key_function(scan - SCAN_F11 + 11);
    if (scan == SCAN_102ND)
        return shift ? '|' : '\\';
    return 0;
}

static bool press(const struct scan_codes *d, uint8_t scan, bool extended, struct key *key)
{
    uint32_t modifiers = d->held[0] | d->held[1];

    key->code = extended ? extended_code(scan) : code_of(d, scan, modifiers);
    if (key->code >= ' ' && key->code < KEY_UP)
        modifiers &= ~KEY_SHIFT;
    key->modifiers = modifiers;
    return key->code != 0;
}

/* True if the byte is part of a sequence that is not yet complete, or is lost. */
static bool is_incomplete(struct scan_codes *d, uint8_t byte)
{
    if (d->skip > 0) {
        d->skip--;
        return true;
    }
    if (byte == OVERRUN || byte == 0) {
        *d = (struct scan_codes){.caps_lock = d->caps_lock, .num_lock_off = d->num_lock_off};
        return true;
    }
    d->skip = byte == PAUSE ? 2 : 0;
    d->extended = byte == EXTENDED;
    return byte == PAUSE || byte == EXTENDED;
}

bool scan_codes_feed(struct scan_codes *d, uint8_t byte, struct key *key)
{
    bool extended = d->extended, pressed = byte < RELEASE;
    uint8_t scan = (uint8_t)(byte & ~RELEASE);

    d->extended = false;
    if (is_incomplete(d, byte))
        return false;
    hold(d, scan, extended, pressed);
    if (!extended && scan == SCAN_CAPS_LOCK)
        lock(&d->caps_lock, &d->caps_held, pressed);
    if (!extended && scan == SCAN_NUM_LOCK)
        lock(&d->num_lock_off, &d->num_held, pressed);
    return pressed && press(d, scan, extended, key);
}
