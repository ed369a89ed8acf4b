/*
 * heap.h - memory for what is smaller than a page, or of any size.
 *
 * Objects of one size share pages of their own; from 2017 bytes on each has pages of its own, in which 64
 * bytes are lost: who wants whole pages calls pages_alloc(). Any CPU may call these, with interrupts on or
 * off.
 */
#ifndef KERNEL_HEAP_H
#define KERNEL_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct heap_counts {
    uint64_t num_objects; /* handed out */
    uint64_t num_pages;   /* taken from pages_alloc() for them, and kept for the next */
};

/* `size_bytes` bytes, 0 all of them, at a multiple of 16. Null if there is no memory. For 0 bytes an object
 * of its own, too. */
void *heap_alloc(size_t size_bytes);

/*
 * Gives back what heap_alloc() gave; null is fine. Panics with the address, and says why, if it is free
 * already, inside an object, or not the heap's.
 */
void heap_free(void *p);

/* As they are now. */
struct heap_counts heap_count(void);

#endif
