/*
 * memory_map.c - from the firmware's entries to regions one can trust.
 *
 * Each entry becomes two end points, each end point one 64-bit key:
 *
 *     address << 8 | start << 7 | type       (start: 1 where the entry begins, 0 where it ends)
 *
 * The keys are sorted and walked once. A count for each type says what is open at an address;
 * the strictest open type is the type of the piece that follows. Addresses have 52 bits, so
 * that a key has room for every byte address there can be.
 */
#include "kernel/memory/memory_map.h"

#include "kernel/lib/string.h"

#define KEY_SHIFT 8
#define KEY_START UINT64_C(0x80)
#define KEY_TYPE  UINT64_C(0x7f)

/* The walk's state: how many entries of each type are open, and how many of the firmware's in all. */
struct sweep {
    uint32_t open[MEMORY_NUM_TYPES];
    uint32_t types; /* bit t: an entry of type t is open; bit 0: always */
    uint32_t num_open;
};

static uint64_t key_of(uint64_t address, uint64_t flags)
{
    return address << KEY_SHIFT | flags;
}

static void add_key(struct memory_map_work *work, uint64_t key)
{
    work->keys[0][work->num_keys++] = key;
}

/* True if the entry added last ends at `base` and has the same type: firmware likes to cut its memory to
 * pieces. */
static bool continues_last(const struct memory_map_work *work, uint64_t base, uint32_t type)
{
    return work->num_keys > 0 && work->keys[0][work->num_keys - 1] == key_of(base, type);
}

/* Notes where each ascending run of keys[0] begins, and where the last one ends. Returns how many there are.
 */
static uint32_t find_runs(struct memory_map_work *work)
{
    const uint64_t *keys = work->keys[0];
    uint32_t num_runs = 1;

    work->runs[0] = 0;
    for (uint32_t i = 1; i < work->num_keys; i++) {
        if (keys[i - 1] > keys[i])
            work->runs[num_runs++] = (uint16_t)i;
    }
    work->runs[num_runs] = (uint16_t)work->num_keys;
    return num_runs;
}

/* Copies [at, end) of `from` to to[next] and on. */
static void copy_rest(const uint64_t *from, uint64_t *to, size_t at, size_t end, size_t next)
{
    while (at < end)
        to[next++] = from[at++];
}

/* Merges the ascending runs [low, mid) and [mid, high) of `from` into `to`; neither is empty. */
static void merge(const uint64_t *from, uint64_t *to, size_t low, size_t mid, size_t high)
{
    size_t left = low, right = mid, at = low;
    uint64_t a = from[left], b = from[right];

    for (;;) {
        if (a <= b) {
            to[at++] = a;
            if (++left == mid)
                break;
            a = from[left];
        } else {
            to[at++] = b;
            if (++right == high)
                break;
            b = from[right];
        }
    }
    copy_rest(from, to, left, mid, at);
    copy_rest(from, to, right, high, at);
}

/* Merges runs in pairs, copies one that is left over, and returns how many there are then. */
static uint32_t merge_pairs(struct memory_map_work *work, uint32_t num_runs, const uint64_t *from,
                            uint64_t *to)
{
    uint16_t *runs = work->runs;
    uint32_t num_merged = 0, i;

    for (i = 0; i + 1 < num_runs; i += 2) {
        uint16_t low = runs[i];

        merge(from, to, low, runs[i + 1], runs[i + 2]);
        runs[num_merged++] = low;
    }
    if (i < num_runs) {
        copy_rest(from, to, runs[i], work->num_keys, runs[i]);
        runs[num_merged++] = runs[i];
    }
    runs[num_merged] = (uint16_t)work->num_keys;
    return num_merged;
}

/* Sorts keys[0] upwards and says which of the two arrays holds the result. Firmware's maps come almost
 * sorted: the cost is that of the runs there are. */
static const uint64_t *sort_keys(struct memory_map_work *work)
{
    uint64_t *from = work->keys[0], *to = work->keys[1];
    uint32_t num_runs = find_runs(work);

    while (num_runs > 1) {
        num_runs = merge_pairs(work, num_runs, from, to);
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

/* Opens or closes one entry. */
static void sweep_key(struct sweep *s, uint64_t key)
{
    uint32_t type = (uint32_t)(key & KEY_TYPE);
    uint32_t change = key & KEY_START ? 1u : UINT32_MAX; /* plus or minus one */

    s->open[type] += change;
    if (s->open[type] == 0)
        s->types &= ~(1u << type);
    else
        s->types |= 1u << type;
    if (type != MEMORY_KERNEL)
        s->num_open += change;
}

/* The strictest open type; 0 if nothing is open. */
static uint32_t sweep_type(const struct sweep *s)
{
    return 31 - (uint32_t)__builtin_clz(s->types);
}

/* Appends a region, or lengthens the last one if it ends where this begins and has the same type. */
static void append(struct memory_map *map, uint64_t base, uint64_t end, uint32_t type)
{
    struct memory_region *last = map->regions + map->num_regions;

    if (map->num_regions > 0 && last[-1].end == base && last[-1].type == type) {
        last[-1].end = end;
        map->repairs.num_joined++;
        return;
    }
    last->base = base;
    last->end = end;
    last->type = type;
    map->num_regions++;
}

void memory_map_begin(struct memory_map *map, struct memory_map_work *work)
{
    map->num_entries = 0;
    map->num_regions = 0;
    memset(&map->repairs, 0, sizeof map->repairs);
    work->num_keys = 0;
    work->last_base = 0;
}

void memory_map_add(struct memory_map *map, struct memory_map_work *work, uint64_t base, uint64_t size,
                    uint32_t type)
{
    struct memory_map_repairs *repairs = &map->repairs;
    bool ours = type == MEMORY_KERNEL;

    if (type == 0 || type >= MEMORY_NUM_TYPES) {
        repairs->num_unknown++;
        type = MEMORY_RESERVED;
    }
    if (!ours) {
        map->num_entries++;
        if (base < work->last_base)
            repairs->num_unsorted++;
        work->last_base = base;
    }
    if (size == 0) {
        repairs->num_empty++;
        return;
    }
    if (base >= MEMORY_MAP_LIMIT || size > MEMORY_MAP_LIMIT - base) {
        repairs->num_wrapped++;
        if (base >= MEMORY_MAP_LIMIT)
            return;
        size = MEMORY_MAP_LIMIT - base;
    }
    if (continues_last(work, base, type)) {
        work->keys[0][work->num_keys - 1] = key_of(base + size, type);
        repairs->num_joined++;
        return;
    }
    if (work->num_keys + 2 > (ours ? MEMORY_MAP_MAX_KEYS : 2 * MEMORY_MAP_MAX_ENTRIES)) {
        repairs->num_dropped++;
        return;
    }
    add_key(work, key_of(base, KEY_START | type));
    add_key(work, key_of(base + size, type));
}

void memory_map_normalise(struct memory_map *map, struct memory_map_work *work)
{
    const uint64_t *keys = sort_keys(work);
    struct sweep sweep = {{0}, 1, 0};
    uint64_t base = 0;

    for (uint32_t i = 0; i < work->num_keys; i++) {
        uint64_t address = keys[i] >> KEY_SHIFT;
        uint32_t type = sweep_type(&sweep);

        if (type != 0 && base < address) {
            append(map, base, address, type);
            if (sweep.num_open > 1)
                map->repairs.num_overlaps++;
        }
        base = address;
        sweep_key(&sweep, keys[i]);
    }
}

/* Opens a gap of `count` regions before regions[at]. False if the map is full. */
static bool insert_regions(struct memory_map *map, uint32_t at, uint32_t count)
{
    if (count > MEMORY_MAP_MAX_REGIONS - map->num_regions)
        return false;
    memmove(map->regions + at + count, map->regions + at, (map->num_regions - at) * sizeof map->regions[0]);
    map->num_regions += count;
    return true;
}

static void remove_region(struct memory_map *map, uint32_t at)
{
    map->num_regions--;
    memmove(map->regions + at, map->regions + at + 1, (map->num_regions - at) * sizeof map->regions[0]);
}

/* Joins regions[at] with the one before it if they touch and agree. */
static void join_before(struct memory_map *map, uint32_t at)
{
    struct memory_region *r = map->regions + at;

    if (at == 0 || at >= map->num_regions || r[-1].end != r->base || r[-1].type != r->type)
        return;
    r[-1].end = r->end;
    remove_region(map, at);
}

static uint32_t find_region(const struct memory_map *map, uint64_t base, uint64_t end)
{
    for (uint32_t i = 0; i < map->num_regions; i++) {
        if (map->regions[i].base <= base && end <= map->regions[i].end)
            return i;
    }
    return map->num_regions;
}

bool memory_map_claim(struct memory_map *map, uint64_t base, uint64_t size, enum memory_type type)
{
    if (size == 0 || base >= MEMORY_MAP_LIMIT || size > MEMORY_MAP_LIMIT - base)
        return false;
    uint64_t end = base + size;
    uint32_t at = find_region(map, base, end);
    if (at == map->num_regions || map->regions[at].type != MEMORY_USABLE)
        return false;

    struct memory_region old = map->regions[at];
    uint32_t before = old.base < base, after = end < old.end;
    if (!insert_regions(map, at, before + after))
        return false;
    if (before)
        map->regions[at++] = (struct memory_region){old.base, base, old.type};
    map->regions[at] = (struct memory_region){base, end, type};
    if (after)
        map->regions[at + 1] = (struct memory_region){end, old.end, old.type};
    join_before(map, at + 1);
    join_before(map, at);
    return true;
}

void memory_map_retype(struct memory_map *map, enum memory_type from, enum memory_type to)
{
    struct memory_region *last = NULL;
    uint32_t num_kept = 0;

    for (uint32_t i = 0; i < map->num_regions; i++) {
        struct memory_region r = map->regions[i];

        if (r.type == from)
            r.type = to;
        if (last != NULL && last->end == r.base && last->type == r.type) {
            last->end = r.end;
        } else {
            last = &map->regions[num_kept++];
            *last = r;
        }
    }
    map->num_regions = num_kept;
}

struct memory_region memory_map_largest(const struct memory_map *map, uint64_t floor, uint64_t limit)
{
    struct memory_region best = {0, 0, 0};

    for (uint32_t i = 0; i < map->num_regions; i++) {
        struct memory_region r = map->regions[i];

        if (r.base < floor)
            r.base = floor;
        if (r.end > limit)
            r.end = limit;
        if (r.type == MEMORY_USABLE && r.base < r.end && r.end - r.base > best.end - best.base)
            best = r;
    }
    return best;
}

const struct memory_region *memory_map_find(const struct memory_map *map, uint64_t paddr)
{
    uint32_t low = 0, high = map->num_regions;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (map->regions[mid].end <= paddr)
            low = mid + 1;
        else
            high = mid;
    }
    return low < map->num_regions && map->regions[low].base <= paddr ? &map->regions[low] : NULL;
}

uint64_t memory_map_total(const struct memory_map *map, uint32_t type)
{
    uint64_t total = 0;

    for (uint32_t i = 0; i < map->num_regions; i++) {
        if (map->regions[i].type == type)
            total += map->regions[i].end - map->regions[i].base;
    }
    return total;
}

const char *memory_type_name(uint32_t type)
{
    switch (type) {
    case MEMORY_USABLE:
        return "usable";
    case MEMORY_BOOT_SERVICES:
        return "boot services";
    case MEMORY_ACPI_RECLAIMABLE:
        return "ACPI tables";
    case MEMORY_KERNEL:
        return "kernel";
    case MEMORY_PERSISTENT:
        return "persistent";
    case MEMORY_ACPI_NVS:
        return "ACPI NVS";
    case MEMORY_RUNTIME:
        return "runtime services";
    case MEMORY_MMIO:
        return "MMIO";
    case MEMORY_RESERVED:
        return "reserved";
    case MEMORY_UNUSABLE:
        return "unusable";
    default:
        return "unknown";
    }
}
