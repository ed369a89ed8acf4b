/*
 * page_stack.h - the free pages that a CPU keeps at hand; page_allocator.h says how they are used.
 */
#ifndef KERNEL_PAGE_STACK_H
#define KERNEL_PAGE_STACK_H

#include <stdint.h>

#define PAGE_STACK_ROOM 64

struct page_stack {
    struct page_stack *next;           /* in the allocator's list of all there are */
    uint32_t num, room;                /* room is 0 until it is in that list */
    uint64_t entries[PAGE_STACK_ROOM]; /* index of the group in the pool * GROUP_PAGES + page in it */
};

#endif
