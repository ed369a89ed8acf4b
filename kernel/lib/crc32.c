/*
 * crc32.c - CRC-32, reflected, four bytes at a time: a table entry for each, by how many bytes follow it.
 */
#include "kernel/lib/crc32.h"

#include <stdbool.h>

#include "kernel/boot/section.h"

#define POLYNOMIAL 0xedb88320u
#define STEP       4u

NOINIT static uint32_t table[STEP][256];
static bool is_filled;

static void fill_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;

        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
        table[0][i] = crc;
    }
    for (uint32_t more = 1; more < STEP; more++) {
        for (uint32_t i = 0; i < 256; i++)
            table[more][i] = table[more - 1][i] >> 8 ^ table[0][table[more - 1][i] & 0xff];
    }
    is_filled = true;
}

uint32_t crc32_update(uint32_t crc, struct span bytes)
{
    size_t i = 0;

    if (!is_filled)
        fill_table();
    crc = ~crc;
    for (; bytes.n - i >= STEP; i += STEP) {
        crc ^= span_u32(bytes, i);
        crc = table[3][crc & 0xff] ^ table[2][crc >> 8 & 0xff] ^ table[1][crc >> 16 & 0xff] ^
              table[0][crc >> 24];
    }
    for (; i < bytes.n; i++)
        crc = crc >> 8 ^ table[0][(crc ^ span_u8(bytes, i)) & 0xff];
    return ~crc;
}

uint32_t crc32(struct span bytes)
{
    return crc32_update(0, bytes);
}
