/*
 * terminal_keys.c - from the bytes of a terminal to keys.
 */
#include "kernel/devices/terminal_keys.h"

#define ESCAPE 0x1b
#define DELETE 0x7f

enum state {
    BETWEEN = 0, /* or within UTF-8 */
    BEHIND_ESCAPE,
    IN_SEQUENCE,         /* ESC [ */
    IN_SINGLE,           /* ESC O: one more byte */
    BEHIND_TWO_BRACKETS, /* ESC [ [: one more byte, from the Linux console */
};

#define NUM_PARAMETERS 2u

static uint32_t give(struct key *key, uint32_t code, uint32_t modifiers)
{
    *key = (struct key){code, modifiers};
    return code != 0;
}

/* The key of ESC [ number ~; 0: none. */
static uint32_t numbered_key(uint8_t number)
{
    static const uint32_t editing[] = {KEY_HOME,    KEY_INSERT,    KEY_DELETE, KEY_END,
                                       KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME,   KEY_END};

    if (number >= 1 && number <= 8)
        return editing[number - 1];
    if (number >= 11 && number <= 15)
        return key_function(number - 10u);
    if (number >= 17 && number <= 21)
        return key_function(number - 11u);
    if (number == 23 || number == 24)
        return key_function(number - 12u);
    return 0;
}

/* The key of a final byte behind ESC [ or ESC O; 0: none. */
static uint32_t lettered_key(uint8_t letter)
{
    static const uint32_t arrows[] = {KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT};

    if (letter >= 'A' && letter <= 'D')
        return arrows[letter - 'A'];
    if (letter >= 'P' && letter <= 'S')
        return key_function(letter - 'P' + 1u);
    switch (letter) {
    case 'H':
        return KEY_HOME;
    case 'F':
        return KEY_END;
    default:
        return 0;
    }
}

/* Modifiers are told as a second number: 1, and a bit for each above it. */
static uint32_t told_modifiers(uint8_t number)
{
    return number > 0 ? (number - 1u) & (KEY_SHIFT | KEY_ALT | KEY_CONTROL) : 0;
}

static uint32_t sequence_key(const struct terminal_keys *d, uint8_t final, struct key *key)
{
    uint32_t modifiers = told_modifiers(d->parameters[1]);

    if (final == '~')
        return give(key, numbered_key(d->parameters[0]), modifiers);
    if (d->parameters[0] > 1) /* not a key, but an answer of the terminal's */
        return 0;
    if (final == 'Z')
        return give(key, KEY_TAB, modifiers | KEY_SHIFT);
    return give(key, lettered_key(final), modifiers);
}

static void add_digit(uint8_t *parameter, uint8_t digit)
{
    uint32_t value = *parameter * 10u + digit;

    *parameter = value < UINT8_MAX ? (uint8_t)value : UINT8_MAX;
}

/* ESC [, then numbers and what else lies below 0x40, then the final byte. */
static uint32_t feed_sequence(struct terminal_keys *d, uint8_t byte, struct key *key)
{
    if (byte >= '@') {
        d->state = byte == '[' ? BEHIND_TWO_BRACKETS : BETWEEN;
        return d->state == BETWEEN ? sequence_key(d, byte, key) : 0;
    }
    if (byte == ';' && d->num_parameter < NUM_PARAMETERS)
        d->num_parameter++;
    if (byte >= '0' && byte <= '9' && d->num_parameter < NUM_PARAMETERS)
        add_digit(&d->parameters[d->num_parameter], (uint8_t)(byte - '0'));
    return 0;
}

/* A printable ASCII character behind an escape. */
static uint32_t feed_escape(struct terminal_keys *d, uint8_t byte, struct key *key)
{
    switch (d->state) {
    case BEHIND_ESCAPE:
        *d = (struct terminal_keys){.state = byte == '[' ? IN_SEQUENCE : byte == 'O' ? IN_SINGLE : BETWEEN};
        return d->state == BETWEEN ? give(key, byte, KEY_ALT) : 0;
    case IN_SEQUENCE:
        return feed_sequence(d, byte, key);
    case IN_SINGLE:
        d->state = BETWEEN;
        return give(key, byte == 'M' ? KEY_ENTER : lettered_key(byte), 0); /* M: the keypad's */
    default:
        d->state = BETWEEN;
        return give(key, byte >= 'A' && byte <= 'E' ? key_function(byte - 'A' + 1u) : 0, 0);
    }
}

static uint32_t give_control(uint8_t byte, uint32_t modifiers, struct key *key)
{
    switch (byte) {
    case '\r':
    case '\n':
        return give(key, KEY_ENTER, modifiers);
    case '\t':
        return give(key, KEY_TAB, modifiers);
    case '\b':
    case DELETE:
        return give(key, KEY_BACKSPACE, modifiers);
    case 0:
        return give(key, ' ', modifiers | KEY_CONTROL);
    default: /* 1 is control-A; behind control-Z there are \ ] ^ _ */
        return give(key, byte + (byte <= 26 ? 'a' - 1u : '@'), modifiers | KEY_CONTROL);
    }
}

/* Cuts short whatever there was. */
static uint32_t feed_control(struct terminal_keys *d, uint8_t byte, struct key keys[2])
{
    bool had_return = d->had_return, had_escape = d->state == BEHIND_ESCAPE;
    uint32_t num = byte == ESCAPE || !had_escape ? terminal_keys_end(d, keys) : 0;

    d->state = byte == ESCAPE ? BEHIND_ESCAPE : BETWEEN;
    d->had_return = byte == '\r';
    if (byte == ESCAPE || (byte == '\n' && had_return))
        return num;
    return num + give_control(byte, had_escape ? KEY_ALT : 0, keys + num);
}

/* A byte of a character. */
static uint32_t feed_text(struct terminal_keys *d, uint8_t byte, struct key keys[2])
{
    uint32_t codes[2], num = utf8_feed(&d->utf8, byte, codes);

    d->alt = d->alt || d->state == BEHIND_ESCAPE;
    d->state = BETWEEN;
    d->had_return = false;
    for (uint32_t i = 0; i < num; i++)
        give(&keys[i], codes[i], d->alt ? KEY_ALT : 0);
    d->alt = d->alt && num == 0;
    return num;
}

uint32_t terminal_keys_feed(struct terminal_keys *d, uint8_t byte, struct key keys[2])
{
    if (byte < ' ' || byte == DELETE)
        return feed_control(d, byte, keys);
    if (d->state != BETWEEN && byte < DELETE)
        return feed_escape(d, byte, keys);
    return feed_text(d, byte, keys);
}

bool terminal_keys_is_waiting(const struct terminal_keys *d)
{
    return d->state != BETWEEN || d->utf8.need > 0;
}

uint32_t terminal_keys_end(struct terminal_keys *d, struct key *key)
{
    uint32_t code = d->state == BEHIND_ESCAPE ? KEY_ESCAPE : d->utf8.need > 0 ? UTF8_REPLACEMENT : 0;

    *d = (struct terminal_keys){.state = BETWEEN};
    return give(key, code, 0);
}
