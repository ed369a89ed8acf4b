/*
 * utf8.h - bytes in, code points out.
 *
 * Whatever is no well-formed UTF-8 (Unicode 15, table 3-7) becomes U+FFFD: one for each maximal subpart of an
 * ill-formed sequence (3.9, "U+FFFD Substitution of Maximal Subparts", table 3-8). So overlong forms,
 * surrogates, values above U+10FFFF, stray continuation bytes and sequences cut short all show, and what
 * follows them is read correctly.
 */
#ifndef KERNEL_UTF8_H
#define KERNEL_UTF8_H

#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffdu
#define UTF8_MAX_BYTES   4u /* of one code point */

/* All zero: between two code points. */
struct utf8 {
    uint32_t code;     /* what the bytes so far add up to */
    uint8_t need;      /* continuation bytes still missing, 0..3 */
    uint8_t low, high; /* range of the next one */
};

/*
 * Takes one byte. Stores the code points it completes in `out` and returns how many: 0, 1, or 2 when the byte
 * cut a sequence short and stands for itself. Each is a Unicode scalar value.
 */
uint32_t utf8_feed(struct utf8 *d, uint8_t byte, uint32_t out[2]);

/* No more bytes: 1 with U+FFFD in *out if a sequence was cut short, otherwise 0. The decoder is as new. */
uint32_t utf8_end(struct utf8 *d, uint32_t *out);

#endif
