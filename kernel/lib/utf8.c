/*
 * utf8.c - the decoder's state machine (Unicode 15, table 3-7).
 */
#include "kernel/lib/utf8.h"

static void expect(struct utf8 *d, uint32_t code, uint8_t need, uint8_t low, uint8_t high)
{
    d->code = code;
    d->need = need;
    d->low = low;
    d->high = high;
}

/* A byte between two code points. The narrowed ranges keep out overlong forms, surrogates and > U+10FFFF. */
static uint32_t feed_first(struct utf8 *d, uint8_t byte, uint32_t *out)
{
    if (byte < 0x80) {
        *out = byte;
        return 1;
    }
    if (byte < 0xc2 || byte > 0xf4) {
        *out = UTF8_REPLACEMENT;
        return 1;
    }
    if (byte < 0xe0)
        expect(d, byte - 0xc0u, 1, 0x80, 0xbf);
    else if (byte < 0xf0)
        expect(d, byte - 0xe0u, 2, byte == 0xe0 ? 0xa0 : 0x80, byte == 0xed ? 0x9f : 0xbf);
    else
        expect(d, byte - 0xf0u, 3, byte == 0xf0 ? 0x90 : 0x80, byte == 0xf4 ? 0x8f : 0xbf);
    return 0;
}

uint32_t utf8_feed(struct utf8 *d, uint8_t byte, uint32_t out[2])
{
    if (d->need == 0)
        return feed_first(d, byte, out);
    if (byte < d->low || byte > d->high) {
        d->need = 0;
        out[0] = UTF8_REPLACEMENT;
        return 1 + feed_first(d, byte, out + 1);
    }
    expect(d, d->code * 64 + (byte - 0x80u), (uint8_t)(d->need - 1), 0x80, 0xbf);
    out[0] = d->code;
    return d->need == 0 ? 1 : 0;
}

uint32_t utf8_end(struct utf8 *d, uint32_t *out)
{
    uint32_t n = d->need != 0;

    d->need = 0;
    *out = UTF8_REPLACEMENT;
    return n;
}
