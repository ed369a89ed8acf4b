/*
 * handoff.c - builds the final address space and enters the kernel in it.
 *
 * Entered by a route in 64-bit mode, interrupts off, on the kernel's stack or the firmware's, at the
 * physical address the image was loaded at; that and memory from 0 on is mapped where it is.
 * Leaves through enter_kernel() into kernel_main at IMAGE_BASE.
 */
#include "kernel/boot/handoff.h"

#include "kernel/memory/address_space.h"
#include "kernel/boot/boot_info.h"
#include "kernel/cpu/cpu.h"
#include "kernel/main.h"
#include "kernel/boot/section.h"
#include "kernel/console/serial.h"

#define FLOOR_1MIB (UINT64_C(1) << 20)
#define NUM_SPARE  32 /* page tables for the direct map, which is filled after the handoff */

struct page_tables kernel_page_tables;

/* enter_kernel.S */
_Noreturn void enter_kernel(uint64_t root_paddr, uint64_t stack_top, uint64_t entry);

static uint64_t rva(const uint8_t *symbol)
{
    return (uint64_t)(symbol - image_start);
}

static bool map_image_range(struct page_tables *tables, const uint8_t *from, const uint8_t *to,
                            uint64_t rights)
{
    uint64_t base = page_floor(rva(from));

    return paging_map(tables, IMAGE_BASE + base, boot_info.image_paddr + base, page_ceil(rva(to)) - base,
                      rights);
}

/* Each section with its own rights, and nothing at the guard pages. */
static bool map_image(struct page_tables *tables)
{
    return map_image_range(tables, text_start, text_end, PAGE_EXECUTE) &&
           map_image_range(tables, rodata_start, rodata_end, 0) &&
           map_image_range(tables, data_start, kernel_stack_guard, PAGE_WRITE) &&
           map_image_range(tables, kernel_stack, image_end, PAGE_WRITE);
}

static bool map_display(struct page_tables *tables)
{
    const struct display *d = &boot_info.display;

    if (d->kind == DISPLAY_VGA_TEXT)
        return paging_map(tables, VGA_BASE, VGA_PADDR, VGA_BYTES, PAGE_WRITE | PAGE_UNCACHED);
    if (d->kind != DISPLAY_FRAMEBUFFER || d->size_bytes > DISPLAY_MAX_BYTES)
        return true;
    uint64_t base = page_floor(d->paddr);
    return paging_map(tables, DISPLAY_BASE, base, page_ceil(d->paddr + d->size_bytes) - base,
                      PAGE_WRITE | PAGE_WRITE_COMBINING);
}

/* The page tables themselves, and room for more, in the direct map. What else of it is needed phys.c maps. */
static bool map_tables(struct page_tables *tables, uint64_t base, uint64_t end)
{
    return paging_map(tables, DIRECT_MAP_BASE + base, base, end - base, PAGE_WRITE) &&
           tables->next_paddr <= end;
}

/* There is no console yet, and on UEFI no firmware any more: the serial port, if there is one. */
static _Noreturn void fail(void)
{
    serial_last_words("Janus: no memory for page tables, halted");
    halt_forever();
}

void handoff_end(void)
{
    paging_return(&kernel_page_tables, boot_info.image_paddr);
}

_Noreturn void handoff(uint64_t mapped_end)
{
    struct memory_map *map = &boot_info.memory_map;
    struct page_tables *tables = &kernel_page_tables;
    uint64_t loaded = boot_info.image_paddr + rva(text_start);

    memory_map_add(map, &memory_map_work, loaded, rva(image_end) - rva(text_start), MEMORY_KERNEL);
    memory_map_normalise(map, &memory_map_work);

    struct memory_region room = memory_map_largest(map, FLOOR_1MIB, mapped_end);
    if (!paging_begin(tables, room.base, room.end, 0))
        fail();
    uint64_t base = tables->root_paddr;

    paging_enable_features();
    if (!map_image(tables) || !map_display(tables))
        fail();
    uint64_t end = tables->next_paddr + NUM_SPARE * PAGE_BYTES;
    if (!map_tables(tables, base, end) || !memory_map_claim(map, base, end - base, MEMORY_KERNEL))
        fail();
    paging_borrow(tables, read_cr3(), (uint64_t)(uintptr_t)enter_kernel);
    tables->limit_paddr = end;
    tables->window = DIRECT_MAP_BASE;

    boot_info.timeline[BOOT_STEP_HANDOFF] = rdtsc();
    enter_kernel(tables->root_paddr, IMAGE_BASE + rva(kernel_stack_top),
                 IMAGE_BASE + rva((const uint8_t *)(uintptr_t)kernel_main));
}
