/*
 * tlb.h - the one place where translations that no longer hold are forgotten (Intel SDM vol. 3A, 4.10.4).
 */
#ifndef KERNEL_TLB_H
#define KERNEL_TLB_H

#include <stdint.h>

/*
 * What was mapped in [vaddr, vaddr + bytes), in pages of any size, has changed or is gone: every CPU that
 * uses the kernel's page tables forgets what it remembers of it, and of the tables that led there. Done when
 * this comes back. For new mappings where there were none it is not needed.
 */
void tlb_flush(uint64_t vaddr, uint64_t bytes);

#endif
