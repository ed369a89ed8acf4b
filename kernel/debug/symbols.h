/*
 * symbols.h - names for addresses, from the table that mksymbols.py puts into the image.
 *
 * The table: 128 pairs of bytes, then for each function, by rising address, how far it lies behind the one
 * before (the first: behind relative address 0), seven bits a byte, the lowest first, bit 7 set if more
 * follow; then its name, ended by a 0. A byte from 0x80 on in a name stands for the two bytes of pair number
 * (byte - 0x80), each of which is a smaller one.
 */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H

#include <stdint.h>

#include "kernel/lib/span.h"

#define SYMBOL_NAME_BYTES 48 /* with the 0; of longer names the beginning is kept */

struct symbol {
    char name[SYMBOL_NAME_BYTES]; /* 0-terminated; "?" if there is none */
    uint32_t offset;              /* bytes from the start of the function */
};

/* The function that holds relative address `rva`. A table that is damaged gives wrong names, nothing worse.
 */
struct symbol symbol_find(struct span table, uint32_t rva);

#endif
