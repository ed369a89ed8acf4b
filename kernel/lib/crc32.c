/*
 * crc32.c - CRC-32, reflected, a table entry for each byte of input.
 */
#include "kernel/lib/crc32.h"

#define POLYNOMIAL 0xedb88320u

static uint32_t table[256];

static void fill_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;

        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
        table[i] = crc;
    }
}

uint32_t crc32(struct span bytes)
{
    uint32_t crc = 0xffffffff;

    if (table[1] == 0)
        fill_table();
    for (size_t i = 0; i < bytes.n; i++)
        crc = crc >> 8 ^ table[(crc ^ span_u8(bytes, i)) & 0xff];
    return ~crc;
}
