/*
 * memory.c - what the own code does with memory: stores to the screen, and 4 KiB pages of RAM that it writes.
 */
#include <stdlib.h>
#include <string.h>

#include "meter.h"
#include "qemu_plugin.h"

#define VGA_PADDR  0xa0000u
#define VGA_END    0xc0000u
#define PAGE_SHIFT 12

uint64_t num_video_loads, num_video_stores;

static uint8_t *written; /* a bit for each page */
static uint64_t num_written;

static void page_written(uint64_t paddr)
{
    uint64_t page = paddr >> PAGE_SHIFT;
    uint8_t bit = (uint8_t)(1u << (page & 7));

    if (written == NULL)
        written = calloc(1, (ram.size >> (PAGE_SHIFT + 3)) + 1);
    if (written == NULL)
        die("no memory for the map of pages");
    if ((written[page >> 3] & bit) == 0)
        num_written++;
    written[page >> 3] |= bit;
}

uint64_t pages_written_kib(void)
{
    return num_written << (PAGE_SHIFT - 10);
}

/* Where the host keeps what the guest has just accessed (QEMU 7.2, struct qemu_plugin_hwaddr). */
static uint8_t *host_address(const struct qemu_plugin_hwaddr *address)
{
    struct {
        bool is_io, is_store;
        uint8_t *host;
    } layout;

    memcpy(&layout, address, sizeof layout);
    return layout.host;
}

static bool holds(const struct host_memory *memory, const uint8_t *host)
{
    return memory->bytes != NULL && host >= memory->bytes && host < memory->bytes + memory->size;
}

static void video_accessed(uint64_t offset_or_paddr, unsigned n, bool is_store,
                           void (*stored)(uint64_t, unsigned))
{
    if (!is_store) {
        num_video_loads++;
        return;
    }
    num_video_stores++;
    stored(offset_or_paddr, n);
}

void memory_accessed(unsigned cpu, uint32_t info, uint64_t vaddr, void *context)
{
    const struct qemu_plugin_hwaddr *address = qemu_plugin_get_hwaddr(info, vaddr);
    bool is_store = qemu_plugin_mem_is_store(info);
    unsigned n = 1u << qemu_plugin_mem_size_shift(info);

    (void)cpu;
    (void)context;
    /* QEMU 7.2 calls back for loads even where only stores are asked for. */
    if (!started || address == NULL)
        return;
    if (qemu_plugin_hwaddr_is_io(address)) {
        uint64_t paddr = qemu_plugin_hwaddr_phys_addr(address);

        if (paddr >= VGA_PADDR && paddr < VGA_END)
            video_accessed(paddr, n, is_store, screen_text_store);
        return;
    }
    const uint8_t *host = host_address(address);

    if (holds(&video, host))
        video_accessed((uint64_t)(host - video.bytes), n, is_store, screen_pixel_store);
    else if (is_store && holds(&ram, host))
        page_written((uint64_t)(host - ram.bytes));
}
