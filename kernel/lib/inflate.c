/*
 * inflate.c - unpacks what was packed with DEFLATE (RFC 1951).
 */
#include "kernel/lib/inflate.h"

#include <stdbool.h>

#include "kernel/boot/section.h"
#include "kernel/lib/string.h"

/* The loop over all symbols is one function, and small all the same. */
#define INLINE inline __attribute__((always_inline))

#define MAX_CODE_BITS 15u
#define FAST_BITS     10u /* codes up to this long are looked up, longer ones counted through */

#define NUM_LITERALS  288u
#define NUM_DISTANCES 30u
#define NUM_LENGTHS   19u /* codes for the lengths of codes */
#define END_OF_BLOCK  256u
#define FIRST_LENGTH  257u
#define LAST_LENGTH   285u

/* RFC 1951, 3.2.2: a code is what the number of codes of each length and the order of the symbols make it. */
struct code {
    uint16_t count[MAX_CODE_BITS + 1]; /* codes of each length */
    uint16_t symbol[NUM_LITERALS];     /* in the order of their codes */
    uint16_t fast[1u << FAST_BITS];    /* by the next bits: symbol << 4 | length; 0: longer, or no code */
};

struct bits {
    struct span in;
    size_t at;      /* next byte of `in` */
    uint64_t ready; /* taken from it, the next bit lowest */
    uint32_t num_ready;
};

struct text {
    uint8_t *out;
    size_t used, room;
};

struct stream {
    struct bits bits;
    struct text text;
    struct code literals, distances;
};

/* At least 56 bits are ready after this. Beyond the end there are zeros; is_cut() tells. */
static INLINE void refill(struct bits *b)
{
    if (b->in.n >= 8 && b->at <= b->in.n - 8) {
        b->ready |= span_u64(b->in, b->at) << b->num_ready;
        b->at += (63 - b->num_ready) / 8;
        b->num_ready |= 56;
    }
    for (; b->num_ready < 56; b->num_ready += 8)
        b->ready |= (uint64_t)span_u8(b->in, b->at++) << b->num_ready;
}

/* True if bits have been taken that are not there. */
static bool is_cut(const struct bits *b)
{
    return b->at - b->num_ready / 8 > b->in.n;
}

/* The next `n` bits, which are ready. */
static INLINE uint32_t take_ready(struct bits *b, uint32_t n)
{
    uint32_t value = (uint32_t)b->ready & ((1u << n) - 1);

    b->ready >>= n;
    b->num_ready -= n;
    return value;
}

static uint32_t take(struct bits *b, uint32_t n)
{
    refill(b);
    return take_ready(b, n);
}

static uint32_t reversed(uint32_t code, uint32_t length)
{
    uint32_t r = 0;

    for (; length > 0; length--, code >>= 1)
        r = r << 1 | (code & 1);
    return r;
}

/* Makes the code of the lengths of `n` symbols. False if there are more codes of a length than there can be.
 */
static bool make_code(struct code *code, const uint8_t *lengths, uint32_t n)
{
    uint32_t offset[MAX_CODE_BITS + 2], first[MAX_CODE_BITS + 2];
    int32_t left = 1;

    memset(code, 0, sizeof *code);
    for (uint32_t i = 0; i < n; i++)
        code->count[lengths[i]]++;
    code->count[0] = 0;
    offset[1] = first[1] = 0;
    for (uint32_t length = 1; length <= MAX_CODE_BITS; length++) {
        left = left * 2 - code->count[length];
        if (left < 0)
            return false;
        offset[length + 1] = offset[length] + code->count[length];
        first[length + 1] = (first[length] + code->count[length]) << 1;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t length = lengths[i];

        if (length == 0)
            continue;
        code->symbol[offset[length]++] = (uint16_t)i;
        uint32_t bits = reversed(first[length]++, length);
        for (; length <= FAST_BITS && bits < 1u << FAST_BITS; bits += 1u << length)
            code->fast[bits] = (uint16_t)(i << 4 | length);
    }
    return true;
}

/* The same for codes longer than FAST_BITS: counts through all codes, in their order. */
static uint32_t decode_slowly(struct bits *b, const struct code *code)
{
    int32_t value = 0, first = 0, index = 0;

    for (uint32_t length = 1; length <= MAX_CODE_BITS; length++) {
        int32_t count = code->count[length];

        value |= (int32_t)(b->ready >> (length - 1) & 1);
        if (value - count < first) {
            take_ready(b, length);
            return code->symbol[index + (value - first)];
        }
        index += count;
        first = (first + count) << 1;
        value <<= 1;
    }
    return NUM_LITERALS;
}

/* The next symbol, of bits that are ready; NUM_LITERALS if there is no such code. */
static INLINE uint32_t decode(struct bits *b, const struct code *code)
{
    uint32_t fast = code->fast[b->ready & ((1u << FAST_BITS) - 1)];

    if (fast == 0)
        return decode_slowly(b, code);
    take_ready(b, fast & 15);
    return fast >> 4;
}

/* RFC 1951, 3.2.5: symbols 257 to 285 are lengths, 0 to 29 of the other code distances, with extra bits. */
static INLINE uint32_t length_of(struct bits *b, uint32_t symbol)
{
    uint32_t n = symbol - FIRST_LENGTH;

    if (n < 8)
        return n + 3;
    if (symbol == LAST_LENGTH)
        return 258;
    return ((4 + n % 4) << (n / 4 - 1)) + 3 + take_ready(b, n / 4 - 1);
}

static INLINE uint32_t distance_of(struct bits *b, uint32_t symbol)
{
    if (symbol < 4)
        return symbol + 1;
    return ((2 + symbol % 2) << (symbol / 2 - 1)) + 1 + take_ready(b, symbol / 2 - 1);
}

/* Behind its symbol a match takes 33 bits at most: its length 5, its distance 15 and 13. */
static INLINE bool copy_match(struct text *text, struct bits *b, const struct code *distances,
                              uint32_t symbol)
{
    if (symbol > LAST_LENGTH)
        return false;
    refill(b);
    uint32_t length = length_of(b, symbol), far = decode(b, distances);
    if (far >= NUM_DISTANCES)
        return false;
    uint32_t distance = distance_of(b, far);
    if (distance > text->used || length > text->room - text->used)
        return false;
    uint8_t *to = text->out + text->used;
    text->used += length;
    for (const uint8_t *from = to - distance, *end = from + length; from < end;)
        *to++ = *from++;
    return true;
}

static bool copy_symbols(struct stream *s)
{
    struct bits b = s->bits; /* copies: no byte that is written could be a part of them */
    struct text text = s->text;

    for (;;) {
        if (b.num_ready < MAX_CODE_BITS) {
            if (is_cut(&b))
                return false;
            refill(&b);
        }
        uint32_t symbol = decode(&b, &s->literals);
        if (symbol < END_OF_BLOCK && text.used < text.room)
            text.out[text.used++] = (uint8_t)symbol;
        else if (symbol == END_OF_BLOCK)
            break;
        else if (symbol < END_OF_BLOCK || !copy_match(&text, &b, &s->distances, symbol))
            return false;
    }
    s->bits = b;
    s->text = text;
    return !is_cut(&b);
}

/* 3.2.4: bytes as they are. */
static bool stored_block(struct stream *s)
{
    struct bits *b = &s->bits;
    struct text *text = &s->text;

    take_ready(b, b->num_ready % 8);
    uint32_t n = take(b, 16), complement = take(b, 16);
    if (n != (complement ^ 0xffff) || n > text->room - text->used)
        return false;
    for (; n > 0 && !is_cut(b); n--)
        text->out[text->used++] = (uint8_t)take(b, 8);
    return !is_cut(b);
}

/* 3.2.6. */
static bool fixed_block(struct stream *s)
{
    uint8_t lengths[NUM_LITERALS];

    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    make_code(&s->literals, lengths, NUM_LITERALS);
    memset(lengths, 5, NUM_DISTANCES);
    make_code(&s->distances, lengths, NUM_DISTANCES);
    return copy_symbols(s);
}

/* 3.2.7: the lengths of both codes, themselves in a code. False if they are not just `n`. */
static bool read_lengths(struct stream *s, uint8_t *lengths, uint32_t n)
{
    struct bits *b = &s->bits;

    for (uint32_t i = 0; i < n;) {
        refill(b);
        uint32_t symbol = decode(b, &s->literals), times = 1;
        uint8_t length = (uint8_t)symbol;

        if (symbol >= NUM_LENGTHS || (symbol == 16 && i == 0))
            return false;
        if (symbol == 16) {
            length = lengths[i - 1];
            times = 3 + take_ready(b, 2);
        } else if (symbol > 16) {
            length = 0;
            times = symbol == 17 ? 3 + take_ready(b, 3) : 11 + take_ready(b, 7);
        }
        if (times > n - i)
            return false;
        memset(lengths + i, length, times);
        i += times;
    }
    return true;
}

static bool dynamic_block(struct stream *s)
{
    static const uint8_t order[NUM_LENGTHS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                               11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[NUM_LITERALS + NUM_DISTANCES] = {0};
    uint32_t num_literals = 257 + take(&s->bits, 5), num_distances = 1 + take(&s->bits, 5),
             n = 4 + take(&s->bits, 4);

    if (num_literals > LAST_LENGTH + 1 || num_distances > NUM_DISTANCES)
        return false;
    for (uint32_t i = 0; i < n; i++)
        lengths[order[i]] = (uint8_t)take(&s->bits, 3);
    if (!make_code(&s->literals, lengths, NUM_LENGTHS) ||
        !read_lengths(s, lengths, num_literals + num_distances))
        return false;
    return make_code(&s->literals, lengths, num_literals) &&
           make_code(&s->distances, lengths + num_literals, num_distances) && copy_symbols(s);
}

size_t inflate(struct span packed, uint8_t *out, size_t room)
{
    NOINIT static struct stream s; /* too large for a stack */
    bool is_last, is_sound;

    s.bits = (struct bits){packed, 0, 0, 0};
    s.text = (struct text){out, 0, room};
    do {
        is_last = take(&s.bits, 1) != 0;
        switch (take(&s.bits, 2)) {
        case 0:
            is_sound = stored_block(&s);
            break;
        case 1:
            is_sound = fixed_block(&s);
            break;
        case 2:
            is_sound = dynamic_block(&s);
            break;
        default:
            is_sound = false;
        }
    } while (is_sound && !is_last);
    return is_sound ? s.text.used : 0;
}
