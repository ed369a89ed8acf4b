/*
 * span.h - a view of bytes that came from outside, and the only way to read them.
 *
 * Every reader of a firmware table, a file system, a font or a command line takes a
 * struct span and does no pointer arithmetic of its own. A read beyond the end gives 0,
 * a sub-span beyond the end is empty: both are defined for every argument, so that a
 * reader can be proven and fuzzed, and runs on the host unchanged.
 *
 * All multi-byte reads are little-endian and need no alignment. Each is spelled byte by byte from one
 * pointer, which can be proven and which the compiler turns into one load.
 */
#ifndef KERNEL_SPAN_H
#define KERNEL_SPAN_H

#include <stddef.h>
#include <stdint.h>

struct span {
    const uint8_t *p;
    size_t n; /* bytes */
};

/*@ predicate span_ok(struct span s) =
      s.n <= 0x7fffffff && (s.n > 0 ==> \valid_read(s.p + (0 .. s.n - 1))); */

static inline struct span span_of(const void *p, size_t size_bytes)
{
    struct span s = {(const uint8_t *)p, size_bytes};
    return s;
}

/*@ requires span_ok(s);
    assigns \nothing;
    ensures off >= s.n ==> \result == 0;
    ensures off < s.n ==> \result == s.p[off]; */
static inline uint8_t span_u8(struct span s, size_t off)
{
    return off < s.n ? s.p[off] : 0;
}

/*@ requires span_ok(s);
    assigns \nothing;
    ensures off + 2 > s.n ==> \result == 0; */
static inline uint16_t span_u16(struct span s, size_t off)
{
    if (s.n < 2 || off > s.n - 2)
        return 0;
    const uint8_t *p = s.p + off;
    return (uint16_t)((uint32_t)p[0] | (uint32_t)p[1] << 8);
}

/*@ requires span_ok(s);
    assigns \nothing;
    ensures off + 4 > s.n ==> \result == 0; */
static inline uint32_t span_u32(struct span s, size_t off)
{
    if (s.n < 4 || off > s.n - 4)
        return 0;
    const uint8_t *p = s.p + off;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/*@ requires span_ok(s);
    assigns \nothing;
    ensures off + 8 > s.n ==> \result == 0; */
static inline uint64_t span_u64(struct span s, size_t off)
{
    if (s.n < 8 || off > s.n - 8)
        return 0;
    const uint8_t *p = s.p + off;
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/*@ requires span_ok(s);
    assigns \nothing;
    ensures span_ok(\result);
    ensures off + len <= s.n ==> \result.n == len && \result.p == s.p + off;
    ensures off + len > s.n ==> \result.n == 0; */
static inline struct span span_sub(struct span s, size_t off, size_t len)
{
    if (off > s.n || len > s.n - off) {
        s.n = 0;
        return s;
    }
    s.p += off;
    s.n = len;
    return s;
}

#endif
