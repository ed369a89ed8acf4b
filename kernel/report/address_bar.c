/*
 * address_bar.c - a picture of the physical address space.
 */
#include "kernel/report/address_bar.h"

#include "kernel/console/console.h"
#include "kernel/lib/string.h"
#include "kernel/lib/utf8.h"

#define MIB (UINT64_C(1) << 20)

struct swatch {
    const char *text;
    enum color color;
};

static struct swatch swatch_of(uint32_t type)
{
    switch (type) {
    case MEMORY_USABLE:
        return (struct swatch){"█", COLOR_GREEN};
    case MEMORY_BOOT_SERVICES:
        return (struct swatch){"▓", COLOR_CYAN};
    case MEMORY_KERNEL:
        return (struct swatch){"K", COLOR_YELLOW};
    case MEMORY_ACPI_RECLAIMABLE:
    case MEMORY_ACPI_NVS:
    case MEMORY_RUNTIME:
        return (struct swatch){"▒", COLOR_MAGENTA};
    case 0:
        return (struct swatch){"·", COLOR_DARK_GRAY};
    default:
        return (struct swatch){"░", COLOR_RED};
    }
}

/* Bytes that two ranges have in common. */
static uint64_t common(uint64_t base, uint64_t end, const struct memory_region *r)
{
    uint64_t low = base > r->base ? base : r->base;
    uint64_t high = end < r->end ? end : r->end;

    return low < high ? high - low : 0;
}

/* The type of the cell [base, end); `first` is the first region that ends above `base`. */
static uint8_t cell_type(const struct memory_map *map, uint32_t first, uint64_t base, uint64_t end)
{
    uint64_t bytes[MEMORY_NUM_TYPES] = {0};
    uint8_t best = 0;

    for (uint32_t i = first; i < map->num_regions && map->regions[i].base < end; i++)
        bytes[map->regions[i].type] += common(base, end, &map->regions[i]);
    if (bytes[MEMORY_KERNEL] > 0)
        return MEMORY_KERNEL;
    for (uint8_t type = 1; type < MEMORY_NUM_TYPES; type++) {
        if (bytes[type] > bytes[best])
            best = type;
    }
    return best;
}

void address_bar_cells(const struct memory_map *map, uint64_t end, uint8_t cells[ADDRESS_BAR_CELLS])
{
    uint64_t step = end / ADDRESS_BAR_CELLS;
    uint32_t first = 0;

    for (uint32_t i = 0; i < ADDRESS_BAR_CELLS; i++) {
        while (first < map->num_regions && map->regions[first].end <= i * step)
            first++;
        cells[i] = cell_type(map, first, i * step, (i + 1) * step);
    }
}

uint64_t address_bar_ram_end(const struct memory_map *map, uint64_t limit)
{
    uint64_t end = MIB;

    for (uint32_t i = 0; i < map->num_regions; i++) {
        const struct memory_region *r = &map->regions[i];

        while (r->type == MEMORY_USABLE && r->base < limit && end < r->end && end < limit)
            end *= 2;
    }
    return end;
}

/* `n` cells of one type side by side, in one piece. */
static void print_run(uint32_t type, uint32_t n)
{
    struct swatch swatch = swatch_of(type);
    size_t bytes = strlen(swatch.text), used = 0;
    char text[ADDRESS_BAR_CELLS * UTF8_MAX_BYTES];

    for (; n > 0; n--, used += bytes)
        memcpy(text + used, swatch.text, bytes);
    console_set_color(swatch.color, COLOR_BLACK);
    console_write(text, used);
    console_set_color(COLOR_LIGHT_GRAY, COLOR_BLACK);
}

void address_bar_print_swatch(uint32_t type)
{
    print_run(type, 1);
}

void address_bar_print(const struct memory_map *map, uint64_t end)
{
    uint8_t cells[ADDRESS_BAR_CELLS];

    address_bar_cells(map, end, cells);
    for (uint32_t from = 0, to; from < ADDRESS_BAR_CELLS; from = to) {
        for (to = from + 1; to < ADDRESS_BAR_CELLS && cells[to] == cells[from]; to++)
            ;
        print_run(cells[from], to - from);
    }
    printk("\n");
}
