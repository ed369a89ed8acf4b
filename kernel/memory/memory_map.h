/*
 * memory_map.h - one memory map, whatever the firmware's looked like.
 *
 * A route feeds every entry of its firmware's map to memory_map_add(), in any order, and
 * memory_map_normalise() makes of them a map that is sorted, free of overlaps and of empty
 * regions, with the stricter type wherever two entries disagree and with neighbours of one
 * type joined. Nothing a firmware can say is a reason to stop: what had to be repaired is
 * counted, and the counts are part of the map.
 *
 * Cost: O(n log n) in the number of entries, independent of the amount of memory.
 */
#ifndef KERNEL_MEMORY_MAP_H
#define KERNEL_MEMORY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From the least strict to the strictest: where entries overlap, the larger value wins. */
enum memory_type {
    MEMORY_USABLE = 1,
    MEMORY_BOOT_SERVICES,    /* the firmware's until handoff, free afterwards */
    MEMORY_ACPI_RECLAIMABLE, /* free once the ACPI tables have been read */
    MEMORY_KERNEL,           /* the image and its page tables; never the firmware's word */
    MEMORY_PERSISTENT,
    MEMORY_ACPI_NVS,
    MEMORY_RUNTIME, /* UEFI runtime services, code and data */
    MEMORY_MMIO,
    MEMORY_RESERVED,
    MEMORY_UNUSABLE, /* the firmware found errors in it */
    MEMORY_NUM_TYPES
};

/* Physical addresses have at most 52 bits (Intel SDM vol. 3A, 4.1.4). */
#define MEMORY_MAP_LIMIT (UINT64_C(1) << 52)

#define MEMORY_MAP_MAX_ENTRIES 2048 /* of the firmware's */
#define MEMORY_MAP_MAX_CLAIMS  16   /* of our own, before or after normalising */
#define MEMORY_MAP_MAX_REGIONS (2 * MEMORY_MAP_MAX_ENTRIES + 2 * MEMORY_MAP_MAX_CLAIMS)

struct memory_region {
    uint64_t base; /* physical address */
    uint64_t end;  /* exclusive; base < end <= MEMORY_MAP_LIMIT */
    uint64_t type; /* enum memory_type */
};

struct memory_map_repairs {
    uint32_t num_empty;    /* entries of length 0, left out */
    uint32_t num_wrapped;  /* entries that reach beyond MEMORY_MAP_LIMIT or wrap at 2^64, cut */
    uint32_t num_unsorted; /* entries that begin below the one before them */
    uint32_t num_overlaps; /* pieces of address space that more than one entry of the firmware's covers */
    uint32_t num_unknown;  /* entries of a type that no specification defines, taken as reserved */
    uint32_t num_joined;   /* neighbours of one type made one */
    uint32_t num_dropped;  /* entries beyond MEMORY_MAP_MAX_ENTRIES, lost */
};

struct memory_map {
    uint32_t num_entries; /* given by the firmware, dropped ones included */
    uint32_t num_regions;
    struct memory_map_repairs repairs;
    struct memory_region regions[MEMORY_MAP_MAX_REGIONS];
};

/*
 * Room to work in: two end points for each entry, twice, for a merge sort of the ascending runs among them.
 * Whatever the firmware gives, there is room for our own: without the image in the map its memory would be
 * taken for free.
 */
#define MEMORY_MAP_MAX_KEYS (2 * (MEMORY_MAP_MAX_ENTRIES + MEMORY_MAP_MAX_CLAIMS))

struct memory_map_work {
    uint32_t num_keys;
    uint64_t last_base;
    uint64_t keys[2][MEMORY_MAP_MAX_KEYS];
    uint16_t runs[MEMORY_MAP_MAX_KEYS + 1];
};

/* Empties `map` and `work`. Neither needs to have been initialised. */
void memory_map_begin(struct memory_map *map, struct memory_map_work *work);

/*
 * Takes one entry of the firmware's map: `size` bytes at physical address `base`, any values.
 * `type` is an enum memory_type; any other value counts as MEMORY_RESERVED.
 */
void memory_map_add(struct memory_map *map, struct memory_map_work *work, uint64_t base, uint64_t size,
                    uint32_t type);

/* Makes map->regions from what was added. Sorted, disjoint, non-empty; see the head of this file. */
void memory_map_normalise(struct memory_map *map, struct memory_map_work *work);

/*
 * Takes `size` bytes at `base` out of one MEMORY_USABLE region of a normalised map and gives them the type
 * `type`, joining what then touches a region of that type. At most MEMORY_MAP_MAX_CLAIMS times.
 * False, and no change, if the range is not wholly inside one usable region or the map has no room left.
 */
bool memory_map_claim(struct memory_map *map, uint64_t base, uint64_t size, enum memory_type type);

/* Makes all regions of one type such of another, and joins what then touches and agrees. */
void memory_map_retype(struct memory_map *map, enum memory_type from, enum memory_type to);

/* The largest MEMORY_USABLE region, as far as it lies in [floor, limit); base == end == 0 if there is none.
 */
struct memory_region memory_map_largest(const struct memory_map *map, uint64_t floor, uint64_t limit);

/* The region that holds a physical address; null where the map says nothing. */
const struct memory_region *memory_map_find(const struct memory_map *map, uint64_t paddr);

/* Bytes of one type in the whole map. */
uint64_t memory_map_total(const struct memory_map *map, uint32_t type);

/* "usable", "boot services", ...: never null, "unknown" for anything else. */
const char *memory_type_name(uint32_t type);

#endif
