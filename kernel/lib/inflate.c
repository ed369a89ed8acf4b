/*
 * inflate.c - unpacks what was packed with DEFLATE (RFC 1951).
 */
#include "kernel/lib/inflate.h"

#include <stdbool.h>

#include "kernel/lib/string.h"

#define MAX_CODE_BITS 15u
#define FAST_BITS     9u /* codes up to this long are looked up, longer ones counted through */

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

struct stream {
    struct span in;
    size_t at;         /* next byte of `in` */
    uint64_t bits;     /* taken from it, the next one lowest */
    uint32_t num_bits; /* how many of them */
    uint8_t *out;
    size_t used, room;
    struct code literals, distances;
};

/* Beyond the end there are zeros; is_cut() tells. */
static void refill(struct stream *s)
{
    while (s->num_bits <= 56) {
        s->bits |= (uint64_t)span_u8(s->in, s->at++) << s->num_bits;
        s->num_bits += 8;
    }
}

/* True if bits have been taken that are not there. */
static bool is_cut(const struct stream *s)
{
    return s->at - s->num_bits / 8 > s->in.n;
}

static void drop(struct stream *s, uint32_t n)
{
    s->bits >>= n;
    s->num_bits -= n;
}

/* The next `n` bits, at most 16. */
static uint32_t take(struct stream *s, uint32_t n)
{
    refill(s);
    uint32_t value = (uint32_t)s->bits & ((1u << n) - 1);

    drop(s, n);
    return value;
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

/* The next symbol; NUM_LITERALS if there is no such code. */
static uint32_t decode(struct stream *s, const struct code *code)
{
    int32_t value = 0, first = 0, index = 0;

    refill(s);
    uint32_t fast = code->fast[s->bits & ((1u << FAST_BITS) - 1)];
    if (fast != 0) {
        drop(s, fast & 15);
        return fast >> 4;
    }
    for (uint32_t length = 1; length <= MAX_CODE_BITS; length++) {
        int32_t count = code->count[length];

        value |= (int32_t)(s->bits >> (length - 1) & 1);
        if (value - count < first) {
            drop(s, length);
            return code->symbol[index + (value - first)];
        }
        index += count;
        first = (first + count) << 1;
        value <<= 1;
    }
    return NUM_LITERALS;
}

/* RFC 1951, 3.2.5: symbols 257 to 285 are lengths, 0 to 29 of the other code distances, with extra bits. */
static uint32_t length_of(struct stream *s, uint32_t symbol)
{
    uint32_t n = symbol - FIRST_LENGTH;

    if (n < 8)
        return n + 3;
    if (symbol == LAST_LENGTH)
        return 258;
    return ((4 + n % 4) << (n / 4 - 1)) + 3 + take(s, n / 4 - 1);
}

static uint32_t distance_of(struct stream *s, uint32_t symbol)
{
    if (symbol < 4)
        return symbol + 1;
    return ((2 + symbol % 2) << (symbol / 2 - 1)) + 1 + take(s, symbol / 2 - 1);
}

static bool copy_match(struct stream *s, uint32_t symbol)
{
    if (symbol > LAST_LENGTH)
        return false;
    uint32_t length = length_of(s, symbol), far = decode(s, &s->distances);
    if (far >= NUM_DISTANCES)
        return false;
    uint32_t distance = distance_of(s, far);
    if (distance > s->used || length > s->room - s->used)
        return false;
    uint8_t *to = s->out + s->used;
    s->used += length;
    for (const uint8_t *from = to - distance; length > 0; length--)
        *to++ = *from++;
    return true;
}

static bool copy_symbols(struct stream *s)
{
    for (;;) {
        uint32_t symbol = decode(s, &s->literals);

        if (symbol == END_OF_BLOCK)
            return !is_cut(s);
        if (is_cut(s))
            return false;
        if (symbol > END_OF_BLOCK) {
            if (!copy_match(s, symbol))
                return false;
        } else if (s->used == s->room) {
            return false;
        } else {
            s->out[s->used++] = (uint8_t)symbol;
        }
    }
}

/* 3.2.4: bytes as they are. */
static bool stored_block(struct stream *s)
{
    drop(s, s->num_bits % 8);
    uint32_t n = take(s, 16), complement = take(s, 16);

    if (n != (complement ^ 0xffff) || n > s->room - s->used)
        return false;
    for (; n > 0 && !is_cut(s); n--)
        s->out[s->used++] = (uint8_t)take(s, 8);
    return !is_cut(s);
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
    for (uint32_t i = 0; i < n;) {
        uint32_t symbol = decode(s, &s->literals), times = 1;
        uint8_t length = (uint8_t)symbol;

        if (symbol >= NUM_LENGTHS || (symbol == 16 && i == 0))
            return false;
        if (symbol == 16) {
            length = lengths[i - 1];
            times = 3 + take(s, 2);
        } else if (symbol > 16) {
            length = 0;
            times = symbol == 17 ? 3 + take(s, 3) : 11 + take(s, 7);
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
    uint32_t num_literals = 257 + take(s, 5), num_distances = 1 + take(s, 5), n = 4 + take(s, 4);

    if (num_literals > LAST_LENGTH + 1 || num_distances > NUM_DISTANCES)
        return false;
    for (uint32_t i = 0; i < n; i++)
        lengths[order[i]] = (uint8_t)take(s, 3);
    if (!make_code(&s->literals, lengths, NUM_LENGTHS) ||
        !read_lengths(s, lengths, num_literals + num_distances))
        return false;
    return make_code(&s->literals, lengths, num_literals) &&
           make_code(&s->distances, lengths + num_literals, num_distances) && copy_symbols(s);
}

size_t inflate(struct span packed, uint8_t *out, size_t room)
{
    static struct stream s;
    bool is_last, is_sound;

    s.in = packed;
    s.at = s.used = 0;
    s.bits = s.num_bits = 0;
    s.out = out;
    s.room = room;
    do {
        is_last = take(&s, 1) != 0;
        switch (take(&s, 2)) {
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
    return is_sound ? s.used : 0;
}
