/*
 * symbols.h - names for addresses, from the table that mksymbols.py puts into the image.
 */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H

#include <stdint.h>

#include "kernel/lib/span.h"

struct symbol {
    const char *name; /* 0-terminated; "?" if there is none */
    uint32_t offset;  /* bytes from the start of the function */
};

/*
 * The function that holds relative address `rva`. `table` is what mksymbols.py writes: a count, that many
 * pairs of (relative address, offset of the name), rising, then the names, 0-terminated; 32-bit words.
 */
struct symbol symbol_find(struct span table, uint32_t rva);

#endif
