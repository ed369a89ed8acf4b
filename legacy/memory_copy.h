/*
 * memory_copy.h - copies memory anywhere below 4 GiB, for real-mode code that can name the first MiB only.
 */
#ifndef LEGACY_MEMORY_COPY_H
#define LEGACY_MEMORY_COPY_H

#include <stdint.h>

/*
 * Copies `num_bytes` (a multiple of 4) from `src_paddr` to `dst_paddr`, upwards. Interrupts wait meanwhile:
 * keep it to some 64 KiB. For real mode with CS = DS = ES = SS = 0 only; A20 must be on for addresses above 1
 * MiB.
 */
void memory_copy(uint32_t dst_paddr, uint32_t src_paddr, uint32_t num_bytes);

#endif
