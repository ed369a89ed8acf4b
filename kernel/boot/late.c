/*
 * late.c - unpacks the late part of the kernel.
 *
 * It is unpacked to late_memory, at the end of the image, while that is memory like any other. Then it gets
 * its rights, at LATE_BASE, and late_memory is no longer mapped: nothing that is executed has an address to
 * write to.
 */
#include "kernel/boot/late.h"

#include "kernel/boot/boot_info.h"
#include "kernel/boot/handoff.h"
#include "kernel/boot/section.h"
#include "kernel/debug/panic.h"
#include "kernel/lib/inflate.h"
#include "kernel/lib/string.h"
#include "kernel/memory/paging.h"
#include "kernel/memory/paging_change.h"

static bool is_there;

static bool map_part(const uint8_t *from, const uint8_t *to, uint64_t rights)
{
    uint64_t offset = (uint64_t)(from - late_text), memory = (uint64_t)(late_memory - image_start);

    return paging_map(&kernel_page_tables, (uint64_t)(uintptr_t)from, boot_info.image_paddr + memory + offset,
                      page_ceil((uint64_t)(to - from)), rights);
}

void late_unpack(void)
{
    struct span packed = span_of(late_packed, (size_t)(late_packed_end - late_packed));
    size_t size = (size_t)(late_end - late_text);

    if (inflate(packed, late_memory, size) != size)
        panic("the late part of the kernel is damaged");
    if (!map_part(late_text, late_text_end, PAGE_EXECUTE) || !map_part(late_rodata, late_end, 0))
        panic("no room for page tables");
    memset(late_bss, 0, (size_t)(late_bss_end - late_bss));
    is_there = true;
    paging_unmap(&kernel_page_tables, (uint64_t)(uintptr_t)late_memory, (uint64_t)(image_end - late_memory));
}

bool late_is_there(void)
{
    return is_there;
}
