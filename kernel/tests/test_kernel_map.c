/*
 * test_kernel_map.c - the kernel's page tables, changed while they are in use.
 */
#include "kernel/boot/boot_info.h"
#include "kernel/boot/handoff.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"
#include "kernel/memory/kernel_map.h"
#include "kernel/memory/kernel_stack.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/paging_change.h"
#include "kernel/memory/phys.h"
#include "kernel/tests/self_test.h"

#define MANY_BYTES (UINT64_C(200) << 20) /* takes 101 page tables, of 2 MiB each */

static bool is_mapped(uint64_t vaddr)
{
    struct page page;

    return paging_find(&kernel_page_tables, vaddr, &page);
}

static uint64_t rights_of(const void *p)
{
    struct page page;

    return paging_find(&kernel_page_tables, (uint64_t)(uintptr_t)p, &page) ? page.rights : UINT64_MAX;
}

SELF_TEST(kernel_stack_has_guards)
{
    uint64_t num_free = pages_count().num_free;
    struct stack stack = kernel_stack_new(3 * PAGE_BYTES - 1), other = kernel_stack_new(PAGE_BYTES);

    EXPECT(stack.base != 0 && stack.base % PAGE_BYTES == 0 && stack.top - stack.base == 3 * PAGE_BYTES);
    EXPECT(other.base != 0 && other.base != stack.base);
    memset((void *)(uintptr_t)stack.base, 0xa5, stack.top - stack.base);
    EXPECT(rights_of((const void *)(uintptr_t)stack.base) == PAGE_WRITE);
    EXPECT(!is_mapped(stack.base - PAGE_BYTES) && !is_mapped(stack.top));
    EXPECT(!is_mapped(other.base - PAGE_BYTES) && !is_mapped(other.top));
    kernel_stack_free(stack);
    EXPECT(!is_mapped(stack.base) && !is_mapped(stack.top - 1) && is_mapped(other.base));
    kernel_stack_free(other);
    EXPECT(!is_mapped(other.base));
    EXPECT(pages_count().num_free >= num_free);
}

/* Of `num` pages, how many begin with `value`. */
static uint64_t count_pages(const volatile uint64_t *p, uint64_t num, uint64_t value)
{
    uint64_t n = 0;

    for (uint64_t i = 0; i < num; i++)
        n += p[i * PAGE_BYTES / 8] == value;
    return n;
}

/* Addresses that led to `a` lead to `b`, for each of `num` pages, and then may do less. */
static void map_one_then_the_other(uint64_t a, uint64_t b, uint64_t num)
{
    uint64_t bytes = num * PAGE_BYTES;
    volatile uint64_t *p = kernel_map(a, bytes, PAGE_WRITE);
    uint64_t vaddr = (uint64_t)(uintptr_t)p;

    if (!EXPECT(p != 0 && count_pages(p, num, 1) == num))
        return;
    kernel_unmap(p);
    EXPECT(kernel_map_at(vaddr, b, bytes, PAGE_WRITE) && count_pages(p, num, 2) == num);
    EXPECT(kernel_protect_at(vaddr, bytes, 0) && rights_of((const void *)p) == 0 && *p == 2);
    EXPECT(!kernel_protect_at(vaddr, bytes, PAGE_WRITE | PAGE_EXECUTE));
    kernel_unmap(p);
    EXPECT(!is_mapped(vaddr));
}

/* One page at a time, and so many that everything is forgotten. */
SELF_TEST(kernel_map_forgets_translations)
{
    uint64_t num = 40, a = pages_alloc(num, 0, 0), b = pages_alloc(num, 0, 0);
    uint64_t *at_a = phys_memory(a, num * PAGE_BYTES), *at_b = phys_memory(b, num * PAGE_BYTES);

    if (!EXPECT(at_a != 0 && at_b != 0))
        return;
    for (uint64_t i = 0; i < num; i++) {
        at_a[i * PAGE_BYTES / 8] = 1;
        at_b[i * PAGE_BYTES / 8] = 2;
    }
    map_one_then_the_other(a, b, 16);
    map_one_then_the_other(a, b, num);
    pages_free(a, num);
    pages_free(b, num);
}

/* More page tables than the handoff left room for: taken from memory, and given back. */
SELF_TEST(kernel_map_takes_tables)
{
    uint8_t *p = kernel_map(UINT64_C(0xc0000000), MANY_BYTES, 0);
    uint64_t vaddr = (uint64_t)(uintptr_t)p, num_free = 0;

    if (!EXPECT(p != 0))
        return;
    kernel_unmap(p);
    for (int i = 0; i < 5; i++) {
        EXPECT(kernel_map_at(vaddr, UINT64_C(0xc0001000), MANY_BYTES, 0)); /* not congruent: small pages */
        if (i < 2)
            num_free = pages_count().num_free; /* from now on the same each time */
        EXPECT(rights_of(p) == 0 && rights_of(p + MANY_BYTES - 1) == 0);
        EXPECT(pages_count().num_free == num_free);
        kernel_unmap(p + MANY_BYTES / 2);
        EXPECT(!is_mapped(vaddr) && !is_mapped(vaddr + MANY_BYTES - 1));
        EXPECT(pages_count().num_free > num_free + 50);
    }
}

/* Part of a large page has rights of its own. */
SELF_TEST(kernel_map_splits_large_pages)
{
    uint64_t bytes = UINT64_C(4) << 20, middle = UINT64_C(1) << 20;
    uint64_t vaddr = (uint64_t)(uintptr_t)kernel_map(UINT64_C(0xc0000000), bytes, PAGE_WRITE | PAGE_UNCACHED);
    struct page page;

    EXPECT(paging_find(&kernel_page_tables, vaddr, &page) && page.bytes == UINT64_C(2) << 20);
    EXPECT(kernel_protect_at(vaddr + middle, PAGE_BYTES, 0));
    EXPECT(rights_of((const void *)(vaddr + middle)) == PAGE_UNCACHED);
    EXPECT(rights_of((const void *)(vaddr + middle - 1)) == (PAGE_WRITE | PAGE_UNCACHED));
    EXPECT(rights_of((const void *)(vaddr + middle + PAGE_BYTES)) == (PAGE_WRITE | PAGE_UNCACHED));
    EXPECT(paging_find(&kernel_page_tables, vaddr + bytes / 2, &page) && page.bytes == UINT64_C(2) << 20);
    kernel_unmap((const void *)vaddr);
    EXPECT(!is_mapped(vaddr) && !is_mapped(vaddr + bytes - 1));
}

SELF_TEST(map_device_refuses)
{
    uint64_t ram = pages_alloc(1, 0, 0);

    EXPECT(ram != 0 && map_device(ram, 1) == 0);
    EXPECT(map_device(ram - 4, 8) == 0);
    EXPECT(map_device(boot_info.image_paddr + PAGE_BYTES, 4) == 0);
    EXPECT(map_device(kernel_page_tables.root_paddr, 4) == 0);
    EXPECT(map_device(0xfee00000, 0) == 0);
    EXPECT(map_device(0xfee00000, SIZE_MAX) == 0);
    EXPECT(map_device(UINT64_MAX - 3, 4) == 0 && map_device(UINT64_MAX, 1) == 0);
    EXPECT(map_device(UINT64_C(1) << 52, 4) == 0);
    pages_free(ram, 1);
}

/* The local APIC's version register is there, at any alignment of the range, and goes away again. */
SELF_TEST(map_device_reaches)
{
    volatile uint8_t *apic = map_device(0xfee00030, 4);
    volatile uint8_t *two = map_device(0xfee00ffe, 4);

    if (!EXPECT(apic != 0 && two != 0))
        return;
    EXPECT((uint64_t)(uintptr_t)apic % PAGE_BYTES == 0x30 && (uint64_t)(uintptr_t)two % PAGE_BYTES == 0xffe);
    EXPECT(rights_of((const void *)apic) == (PAGE_WRITE | PAGE_UNCACHED));
    EXPECT(is_mapped((uint64_t)(uintptr_t)two + 3));
    kernel_unmap(apic);
    kernel_unmap(two);
    EXPECT(!is_mapped((uint64_t)(uintptr_t)apic) && !is_mapped((uint64_t)(uintptr_t)two + 3));
}
