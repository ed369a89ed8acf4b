/*
 * tlb.c - forgetting translations.
 */
#include "kernel/memory/tlb.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/smp.h"
#include "kernel/memory/address_space.h"

#define MAX_SINGLE 32 /* pages; for more it is cheaper to forget everything */

static void flush_here(uint64_t vaddr, uint64_t bytes)
{
    if (bytes > MAX_SINGLE * PAGE_BYTES) {
        write_cr3(read_cr3()); /* no page is global: paging_enable_features() */
        return;
    }
    for (uint64_t done = 0; done < bytes; done += PAGE_BYTES)
        invlpg(vaddr + done);
}

void tlb_flush(uint64_t vaddr, uint64_t bytes)
{
    flush_here(vaddr, bytes);
    smp_flush_others();
}
