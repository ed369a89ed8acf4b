/*
 * kernel_map.c - the kernel's own page tables, changed while it runs.
 *
 * What is mapped where stands in the tables and nowhere else: addresses are taken in turn, and those that
 * were given back are found again by looking for nothing.
 */
#include "kernel/memory/kernel_map.h"

#include "kernel/boot/boot_info.h"
#include "kernel/boot/handoff.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/memory/address_space.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/paging_change.h"
#include "kernel/memory/phys.h"

#define MIB_2 (UINT64_C(2) << 20)
#define GIB   (UINT64_C(1) << 30)

#define PHYSICAL_BITS_ASSUMED 36

/* So many page tables are taken from memory at once; twice as many that are not used are given back. */
#define NUM_TABLES_TAKEN 8

/* Taken anew by its holder while memory for page tables is mapped: see begin(). */
static struct spinlock lock = SPINLOCK("kernel map", LOCK_KERNEL_MAP);
static uint64_t next_vaddr = MAP_BASE;

/* True if the lock was taken here, and end() must give it back. */
static bool begin(void)
{
    if (spin_is_mine(&lock))
        return false;
    spin_lock(&lock);
    return true;
}

static void end(bool taken)
{
    if (taken)
        spin_unlock(&lock);
}

void kernel_map_init(void)
{
    paging_keep(&kernel_page_tables, PAGING_KEPT);
}

/*
 * Makes spare tables of pages of memory; false if there are none. To reach such a page the direct map may
 * need tables itself: those that are kept, and no others.
 */
static bool take_tables(void)
{
    struct page_tables *tables = &kernel_page_tables;
    uint64_t paddr;

    if (tables->num_kept == 0)
        return false;
    paging_keep(tables, 0);
    while (tables->num_spare < PAGING_KEPT + NUM_TABLES_TAKEN &&
           (paddr = pages_alloc(1, PAGE_BYTES, 0)) != 0) {
        if (phys_memory(paddr, PAGE_BYTES) == NULL) {
            pages_free(paddr, 1);
            break;
        }
        paging_add_table(tables, paddr);
    }
    paging_keep(tables, PAGING_KEPT);
    return tables->num_spare > PAGING_KEPT;
}

static void give_tables_back(void)
{
    uint64_t paddr;

    while ((paddr = paging_take_back(&kernel_page_tables, PAGING_KEPT + 2 * NUM_TABLES_TAKEN)) != 0)
        pages_free(paddr, 1);
}

bool kernel_map_at(uint64_t vaddr, uint64_t paddr, uint64_t size_bytes, uint64_t rights)
{
    bool taken = begin(), done = !(rights & PAGE_WRITE && rights & PAGE_EXECUTE);

    while (done && !paging_map(&kernel_page_tables, vaddr, paddr, size_bytes, rights))
        done = take_tables();
    end(taken);
    return done;
}

/* Two large pages at most are split, in two tables each. */
static void take_tables_to_split(void)
{
    if (kernel_page_tables.num_spare < PAGING_KEPT + 4)
        take_tables();
}

bool kernel_unmap_at(uint64_t vaddr, uint64_t size_bytes)
{
    bool taken = begin();

    take_tables_to_split();
    bool done = paging_unmap(&kernel_page_tables, vaddr, size_bytes);
    give_tables_back();
    end(taken);
    return done;
}

bool kernel_protect_at(uint64_t vaddr, uint64_t size_bytes, uint64_t rights)
{
    bool taken = begin();

    take_tables_to_split();
    bool done = paging_protect(&kernel_page_tables, vaddr, size_bytes, rights);
    end(taken);
    return done;
}

/* The end of the first page that is mapped in a range; 0 if there is none. */
static uint64_t mapped_until(uint64_t vaddr, uint64_t end_vaddr)
{
    struct page page;

    for (; vaddr < end_vaddr; vaddr = page.vaddr + page.bytes) {
        if (paging_find(&kernel_page_tables, vaddr, &page))
            return page.vaddr + page.bytes;
    }
    return 0;
}

/* The first address behind a page from `vaddr` on that is `offset` more than a multiple of `align`. */
static uint64_t behind_guard(uint64_t vaddr, uint64_t align, uint64_t offset)
{
    vaddr += PAGE_BYTES;
    return vaddr + ((offset - vaddr) & (align - 1));
}

/* Where so many bytes fit with a page of nothing on either side, from `vaddr` on; 0: nowhere. */
static uint64_t find_room_from(uint64_t vaddr, uint64_t bytes, uint64_t align, uint64_t offset)
{
    while (vaddr < MAP_END) {
        uint64_t base = behind_guard(vaddr, align, offset), end_vaddr = base + bytes + PAGE_BYTES;

        if (end_vaddr > MAP_END)
            return 0;
        vaddr = mapped_until(base - PAGE_BYTES, end_vaddr);
        if (vaddr == 0)
            return base;
    }
    return 0;
}

/* Congruent to the physical address, so that large pages fit. */
static uint64_t find_room(uint64_t paddr, uint64_t bytes)
{
    uint64_t align = bytes >= GIB ? GIB : bytes >= MIB_2 ? MIB_2 : PAGE_BYTES, offset = paddr & (align - 1);
    uint64_t vaddr = find_room_from(next_vaddr, bytes, align, offset);

    if (vaddr == 0)
        vaddr = find_room_from(MAP_BASE, bytes, align, offset);
    if (vaddr != 0)
        next_vaddr = vaddr + bytes;
    return vaddr;
}

void *kernel_map(uint64_t paddr, uint64_t size_bytes, uint64_t rights)
{
    bool taken = begin();
    uint64_t vaddr = size_bytes > MAP_END - MAP_BASE ? 0 : find_room(paddr, size_bytes);

    if (vaddr != 0 && !kernel_map_at(vaddr, paddr, size_bytes, rights)) {
        kernel_unmap_at(vaddr, size_bytes);
        vaddr = 0;
    }
    end(taken);
    return (void *)(uintptr_t)vaddr;
}

void kernel_unmap(volatile const void *p)
{
    struct page page;
    bool taken = begin();
    uint64_t base = page_floor((uint64_t)(uintptr_t)p), end_vaddr = base;

    while (paging_find(&kernel_page_tables, base - 1, &page))
        base = page.vaddr;
    while (paging_find(&kernel_page_tables, end_vaddr, &page))
        end_vaddr = page.vaddr + page.bytes;
    kernel_unmap_at(base, end_vaddr - base); /* ends where pages end: nothing to split, so it does not fail */
    end(taken);
}

/* Addresses of more bits are a fault to translate (Intel SDM vol. 3A, 4.1.4). */
static uint64_t physical_limit(void)
{
    uint32_t bits =
        cpuid(0x80000000, 0).eax < 0x80000008 ? PHYSICAL_BITS_ASSUMED : cpuid(0x80000008, 0).eax & 0xff;

    return bits < 52 ? UINT64_C(1) << bits : MEMORY_MAP_LIMIT;
}

static bool is_ram(uint64_t type)
{
    return type == MEMORY_USABLE || type == MEMORY_BOOT_SERVICES || type == MEMORY_KERNEL ||
           type == MEMORY_ACPI_RECLAIMABLE;
}

static bool has_ram(const struct memory_map *map, uint64_t base, uint64_t end_paddr)
{
    for (uint32_t i = 0; i < map->num_regions; i++) {
        const struct memory_region *r = &map->regions[i];

        if (r->base < end_paddr && base < r->end && is_ram(r->type))
            return true;
    }
    return false;
}

volatile void *map_device(uint64_t paddr, size_t size_bytes)
{
    uint64_t limit = physical_limit(), base = page_floor(paddr);

    if (size_bytes == 0 || paddr >= limit || size_bytes > limit - paddr)
        return NULL;
    uint64_t end_paddr = page_ceil(paddr + size_bytes);
    if (has_ram(&boot_info.memory_map, base, end_paddr))
        return NULL;
    uint8_t *p = kernel_map(base, end_paddr - base, PAGE_WRITE | PAGE_UNCACHED);
    return p == NULL ? NULL : p + paddr % PAGE_BYTES;
}
