/*
 * string.c - the functions a C compiler may call on its own.
 *
 * The string instructions move a word of the machine a step, 8 bytes or, in BOOTIA32.EFI, 4. What is written
 * as a loop must not be turned into a call of the very function it stands in.
 */
#include "kernel/lib/string.h"

#include <stdint.h>

#pragma GCC optimize("no-tree-loop-distribute-patterns")

#define WORD_BYTES sizeof(size_t)
#if __SIZEOF_SIZE_T__ == 8
#define WORD "q"
#else
#define WORD "l"
#endif

static void copy_up(void *dst, const void *src, size_t n)
{
    size_t words = n / WORD_BYTES, bytes = n % WORD_BYTES;

    __asm__ volatile("rep movs" WORD : "+D"(dst), "+S"(src), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(dst), "+S"(src), "+c"(bytes) : : "memory");
}

/* From the last byte to the first, for a destination that lies behind its source and overlaps it. */
static void copy_down(void *dst, const void *src, size_t n)
{
    uint8_t *d = (uint8_t *)dst + n - 1;
    const uint8_t *s = (const uint8_t *)src + n - 1;

    __asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(d), "+S"(s), "+c"(n) : : "memory", "cc");
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    copy_up(dst, src, n);
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    if ((uintptr_t)dst - (uintptr_t)src >= n) /* wraps around if dst lies before src */
        copy_up(dst, src, n);
    else
        copy_down(dst, src, n);
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    size_t pattern = (uint8_t)c * (SIZE_MAX / 0xff); /* in every byte */
    void *d = dst;
    size_t words = n / WORD_BYTES, bytes = n % WORD_BYTES;

    __asm__ volatile("rep stos" WORD : "+D"(d), "+c"(words) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(d), "+c"(bytes) : "a"(pattern) : "memory");
    return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *p = a, *q = b;

    for (size_t i = 0; i < n; i++) {
        if (p[i] != q[i])
            return p[i] < q[i] ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *s)
{
    size_t n = 0;

    while (s[n] != 0)
        n++;
    return n;
}
