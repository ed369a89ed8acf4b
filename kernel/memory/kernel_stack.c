/*
 * kernel_stack.c - stacks between guard pages.
 */
#include "kernel/memory/kernel_stack.h"

#include "kernel/boot/handoff.h"
#include "kernel/memory/kernel_map.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/paging_change.h"

struct stack kernel_stack_new(size_t size_bytes)
{
    uint64_t bytes = page_ceil(size_bytes), paddr = pages_alloc(bytes / PAGE_BYTES, PAGE_BYTES, 0);
    uint64_t base = paddr == 0 ? 0 : (uint64_t)(uintptr_t)kernel_map(paddr, bytes, PAGE_WRITE);

    if (paddr != 0 && base == 0)
        pages_free(paddr, bytes / PAGE_BYTES);
    return base == 0 ? (struct stack){0, 0} : (struct stack){base, base + bytes};
}

void kernel_stack_free(struct stack stack)
{
    struct page page;

    if (!paging_find(&kernel_page_tables, stack.base, &page))
        return;
    kernel_unmap((const void *)(uintptr_t)stack.base);
    pages_free(page.paddr + (stack.base - page.vaddr), (stack.top - stack.base) / PAGE_BYTES);
}
