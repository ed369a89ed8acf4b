/*
 * symbols.c - names for addresses.
 */
#include "kernel/debug/symbols.h"

#define NUM_PAIRS  0x80u
#define FIRST_PAIR 0x80u

/* The number at *at, which is moved behind it. */
static uint32_t read_number(struct span table, size_t *at)
{
    uint32_t value = 0;

    for (uint32_t shift = 0; shift < 32; shift += 7) {
        uint8_t byte = span_u8(table, (*at)++);

        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

/* Appends what `code` stands for to a name of `n` bytes; returns its new length. */
static size_t expand(struct span table, uint8_t code, char *name, size_t n)
{
    if (code < FIRST_PAIR) {
        if (n < SYMBOL_NAME_BYTES - 1)
            name[n++] = (char)code;
        return n;
    }
    size_t pair = 2 * (size_t)(code - FIRST_PAIR);
    uint8_t first = span_u8(table, pair), second = span_u8(table, pair + 1);

    if (first >= code || second >= code)
        return n;
    return expand(table, second, name, expand(table, first, name, n));
}

/* Where the name of the last function at or below `rva` stands, its address in *start; 0 if there is none. */
static size_t find_name(struct span table, uint32_t rva, uint32_t *start)
{
    uint32_t address = 0;
    size_t found = 0, at = 2 * (size_t)NUM_PAIRS;

    while (at < table.n) {
        address += read_number(table, &at);
        if (address > rva)
            break;
        found = at;
        *start = address;
        while (span_u8(table, at++) != 0)
            ;
    }
    return found;
}

struct symbol symbol_find(struct span table, uint32_t rva)
{
    struct symbol symbol = {"?", 0};
    uint32_t start = 0;
    size_t at = find_name(table, rva, &start), n = 0;

    if (at == 0)
        return symbol;
    for (uint8_t code; (code = span_u8(table, at)) != 0; at++)
        n = expand(table, code, symbol.name, n);
    symbol.name[n] = 0;
    symbol.offset = rva - start;
    return symbol;
}
