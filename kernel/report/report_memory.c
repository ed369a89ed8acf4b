/*
 * report_memory.c - the memory map, its pictures, and what there is to hand out.
 */
#include "kernel/report/report_parts.h"

#include "kernel/boot/boot_info.h"
#include "kernel/console/console.h"
#include "kernel/lib/printf.h"
#include "kernel/memory/address_space.h"
#include "kernel/memory/pages.h"
#include "kernel/report/address_bar.h"
#include "kernel/report/lines.h"

#define MIB      (UINT64_C(1) << 20)
#define FOUR_GIB (UINT64_C(4) << 30)

static void print_region(const struct memory_region *r)
{
    char size[SIZE_TEXT_BYTES];
    uint32_t type = (uint32_t)r->type;

    format_size(size, r->end - r->base);
    printk("%*s%016llx-%016llx %10s ", LABEL_COLUMNS, "", (unsigned long long)r->base,
           (unsigned long long)r->end - 1, size);
    address_bar_print_swatch(type);
    printk(" %s\n", memory_type_name(type));
}

static void print_totals(const struct memory_map *map)
{
    struct list list = {0};
    char size[SIZE_TEXT_BYTES];

    report_label("in all");
    for (uint32_t type = 1; type < MEMORY_NUM_TYPES; type++) {
        uint64_t total = memory_map_total(map, type);

        if (total == 0)
            continue;
        format_size(size, total);
        list_item(&list, "%s %s", size, memory_type_name(type));
    }
    list_end(&list, "nothing");
}

static void print_repairs(const struct memory_map *map, const struct raw_map *raw)
{
    const struct memory_map_repairs *r = &map->repairs;
    const struct {
        const char *what;
        uint32_t count;
    } rows[] = {
        {"empty", r->num_empty},
        {"wrapping", r->num_wrapped},
        {"unsorted", r->num_unsorted},
        {"overlapping", r->num_overlaps},
        {"of unknown type", r->num_unknown},
        {"joined", r->num_joined},
        {"lost for want of room", r->num_dropped + raw->num_dropped},
    };
    struct list list = {0};

    report_label("repaired");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].count > 0)
            list_item(&list, "%u %s", rows[i].count, rows[i].what);
    }
    list_end(&list, "nothing");
}

static void print_bar(const struct memory_map *map, uint64_t end)
{
    char size[SIZE_TEXT_BYTES], name[LABEL_COLUMNS];

    format_round_size(size, end);
    format_string(name, sizeof name, "0-%s", size);
    report_label(name);
    address_bar_print(map, end);
}

/* Pictures of the first MiB, of all up to the end of RAM below 4 GiB, and of all RAM if there is more. */
static void print_bars(const struct memory_map *map)
{
    uint64_t low = address_bar_ram_end(map, FOUR_GIB), all = address_bar_ram_end(map, MEMORY_MAP_LIMIT);

    print_bar(map, MIB);
    if (low > MIB)
        print_bar(map, low);
    if (all > low)
        print_bar(map, all);
}

static const char *raw_map_name(uint32_t kind)
{
    switch (kind) {
    case RAW_MAP_E820:
        return "E820";
    case RAW_MAP_EFI:
        return "UEFI";
    case RAW_MAP_MULTIBOOT:
        return "Multiboot";
    case RAW_MAP_SIZES:
        return "mem_lower and mem_upper";
    default:
        return "nobody";
    }
}

/* What pages_alloc() can give. */
static void print_pages(void)
{
    struct page_counts counts = pages_count();
    char size[SIZE_TEXT_BYTES];

    format_size(size, counts.num_free * PAGE_BYTES);
    report_label("pages");
    printk("%llu of %llu free (%s), described in %llu\n", (unsigned long long)counts.num_free,
           (unsigned long long)counts.num_total, size, (unsigned long long)counts.num_own);
}

void report_memory(void)
{
    const struct memory_map *map = &boot_info.memory_map;
    const struct raw_map *raw = &boot_info.raw_map;

    report_label("memory");
    printk("%u entries from %s, %u regions\n", map->num_entries + raw->num_dropped, raw_map_name(raw->kind),
           map->num_regions);
    for (uint32_t i = 0; i < map->num_regions; i++)
        print_region(&map->regions[i]);
    print_totals(map);
    print_repairs(map, raw);
    print_pages();
    print_bars(map);
}
