/*
 * place.h - what lies at a virtual address.
 */
#ifndef KERNEL_PLACE_H
#define KERNEL_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cpu/this_cpu.h"

#define PLACE_BYTES 80

/* Its name, to stand behind "that is": "the guard page of the kernel stack of CPU 0", ".text", "page 0". */
void place_name(char text[PLACE_BYTES], uint64_t vaddr);

/* True if bit 63 and all below it that address nothing are the same (Intel SDM vol. 1, 3.3.7.1). */
bool place_is_canonical(uint64_t vaddr);

#endif
