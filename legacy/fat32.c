/*
 * fat32.c - reads a FAT32 volume, see fat32.h. Pure C: real mode and host alike.
 */
#include "legacy/fat32.h"

#include <stddef.h>

#include "kernel/lib/span.h"

#define FIRST_CLUSTER      2u /* the first two entries of a FAT are not clusters */
#define MAX_CLUSTERS       0x0ffffff5u
#define CLUSTER_MASK       0x0fffffffu /* the upper four bits of a FAT entry are reserved */
#define CHAIN_END          0x0ffffff8u /* this and above */
#define FAT_SECTOR_ENTRIES (FAT32_SECTOR_BYTES / 4)

#define MIRRORING_OFF   0x80
#define ACTIVE_FAT_MASK 0x0f

#define ENTRY_BYTES     32u
#define MAX_DIR_SECTORS (65536 * ENTRY_BYTES / FAT32_SECTOR_BYTES)
#define NAME_BYTES      11
#define NAME_END        0x00
#define ATTR_VOLUME     0x08 /* also set in each entry of a long name */
#define ATTR_DIRECTORY  0x10

static bool is_cluster(const struct fat32 *fs, uint32_t cluster)
{
    return cluster - FIRST_CLUSTER < fs->num_clusters; /* 0 and 1 wrap around */
}

static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t cluster_lba(const struct fat32 *fs, uint32_t cluster)
{
    return fs->data_lba + (cluster - FIRST_CLUSTER) * fs->cluster_sectors;
}

/* `*cluster` becomes the one that follows it, or 0 at the end of the chain. */
static enum fat32_error follow(struct fat32 *fs, uint32_t *cluster)
{
    uint32_t lba = fs->fat_lba + *cluster / FAT_SECTOR_ENTRIES;
    if (lba != fs->fat_sector_lba) {
        fs->fat_sector_lba = 0;
        if (!fs->read(fs->ctx, lba, 1, fs->fat_sector))
            return FAT32_READ_ERROR;
        fs->fat_sector_lba = lba;
    }
    struct span fat = span_of(fs->fat_sector, FAT32_SECTOR_BYTES);
    uint32_t next = span_u32(fat, *cluster % FAT_SECTOR_ENTRIES * 4) & CLUSTER_MASK;
    if (next >= CHAIN_END)
        next = 0;
    else if (!is_cluster(fs, next))
        return FAT32_BAD_CLUSTER;
    *cluster = next;
    return FAT32_OK;
}

/* Clusters that lie in the volume and have an entry in a FAT of `fat_sectors`. */
static uint32_t count_clusters(uint32_t data_sectors, uint32_t cluster_sectors, uint32_t fat_sectors)
{
    uint32_t limit = MAX_CLUSTERS;
    if (fat_sectors <= MAX_CLUSTERS / FAT_SECTOR_ENTRIES)
        limit = fat_sectors * FAT_SECTOR_ENTRIES - FIRST_CLUSTER;
    uint32_t num_clusters = data_sectors / cluster_sectors;
    return num_clusters < limit ? num_clusters : limit;
}

/* Offsets and names of the fields: section "Boot Sector and BPB" of the specification. */
static enum fat32_error read_bpb(struct fat32 *fs, struct span bpb, uint32_t lba)
{
    uint32_t sector_bytes = span_u16(bpb, 11);
    uint32_t cluster_sectors = span_u8(bpb, 13);
    uint32_t reserved = span_u16(bpb, 14);
    uint32_t num_fats = span_u8(bpb, 16);
    uint32_t fixed_root_entries = span_u16(bpb, 17); /* of FAT12 and FAT16, as the next */
    uint32_t fat_sectors_16 = span_u16(bpb, 22);
    uint32_t fat_sectors = span_u32(bpb, 36);
    uint32_t flags = span_u16(bpb, 40);
    uint32_t total = span_u16(bpb, 19) != 0 ? span_u16(bpb, 19) : span_u32(bpb, 32);

    if (sector_bytes != FAT32_SECTOR_BYTES || fixed_root_entries != 0 || fat_sectors_16 != 0)
        return FAT32_BAD_VOLUME;
    if (cluster_sectors == 0 || (cluster_sectors & (cluster_sectors - 1)) != 0)
        return FAT32_BAD_VOLUME;
    if (reserved == 0 || num_fats == 0 || fat_sectors == 0 || total > UINT32_MAX - lba)
        return FAT32_BAD_VOLUME;
    if (total <= reserved || (total - reserved) / num_fats < fat_sectors)
        return FAT32_BAD_VOLUME;
    uint32_t active = (flags & MIRRORING_OFF) != 0 ? flags & ACTIVE_FAT_MASK : 0;
    if (active >= num_fats)
        return FAT32_BAD_VOLUME;

    uint32_t data_sectors = total - reserved - num_fats * fat_sectors;
    fs->fat_lba = lba + reserved + active * fat_sectors;
    fs->data_lba = lba + reserved + num_fats * fat_sectors;
    fs->cluster_sectors = cluster_sectors;
    fs->num_clusters = count_clusters(data_sectors, cluster_sectors, fat_sectors);
    fs->root_cluster = span_u32(bpb, 44);
    fs->fat_sector_lba = 0;
    return is_cluster(fs, fs->root_cluster) ? FAT32_OK : FAT32_BAD_VOLUME;
}

enum fat32_error fat32_open(struct fat32 *fs, uint32_t lba)
{
    if (!fs->read(fs->ctx, lba, 1, fs->dir_sector))
        return FAT32_READ_ERROR;
    return read_bpb(fs, span_of(fs->dir_sector, FAT32_SECTOR_BYTES), lba);
}

static bool name_matches(struct span entry, const char *name)
{
    for (size_t i = 0; i < NAME_BYTES; i++) {
        uint8_t c = span_u8(entry, i);
        if (c >= 'a' && c <= 'z')
            c = (uint8_t)(c - 'a' + 'A'); /* forbidden on the disk, yet seen there */
        if (c != (uint8_t)name[i])
            return false;
    }
    return true;
}

static void match_entry(struct span entry, struct fat32_entry *wanted)
{
    bool is_directory = (span_u8(entry, 11) & ATTR_DIRECTORY) != 0;
    if (wanted->is_found || is_directory != wanted->is_directory || !name_matches(entry, wanted->name))
        return;
    wanted->is_found = true;
    wanted->cluster = (uint32_t)span_u16(entry, 20) << 16 | span_u16(entry, 26);
    wanted->size_bytes = is_directory ? 0 : span_u32(entry, 28);
}

/* Looks through one sector of a directory; true if there is no reason to look further. */
static bool search_sector(struct span sector, struct fat32_entry *entries, uint32_t num_entries)
{
    for (size_t offset = 0; offset < FAT32_SECTOR_BYTES; offset += ENTRY_BYTES) {
        struct span entry = span_sub(sector, offset, ENTRY_BYTES);
        if (span_u8(entry, 0) == NAME_END)
            return true;
        if ((span_u8(entry, 11) & ATTR_VOLUME) != 0)
            continue;
        for (uint32_t i = 0; i < num_entries; i++)
            match_entry(entry, &entries[i]); /* never a deleted one: its first byte is 0xe5 */
    }
    uint32_t num_found = 0;
    for (uint32_t i = 0; i < num_entries; i++)
        num_found += entries[i].is_found;
    return num_found == num_entries;
}

static enum fat32_error search_directory(struct fat32 *fs, uint32_t cluster, struct fat32_entry *entries,
                                         uint32_t num_entries)
{
    if (!is_cluster(fs, cluster))
        return FAT32_BAD_CLUSTER;
    for (uint32_t num_sectors = 0; num_sectors < MAX_DIR_SECTORS; num_sectors += fs->cluster_sectors) {
        for (uint32_t i = 0; i < fs->cluster_sectors; i++) {
            if (!fs->read(fs->ctx, cluster_lba(fs, cluster) + i, 1, fs->dir_sector))
                return FAT32_READ_ERROR;
            if (search_sector(span_of(fs->dir_sector, FAT32_SECTOR_BYTES), entries, num_entries))
                return FAT32_OK;
        }
        enum fat32_error error = follow(fs, &cluster);
        if (error != FAT32_OK || cluster == 0)
            return error;
    }
    return FAT32_CYCLE;
}

enum fat32_error fat32_find(struct fat32 *fs, uint32_t dir_cluster, struct fat32_entry *entries,
                            uint32_t num_entries)
{
    for (uint32_t i = 0; i < num_entries; i++)
        entries[i].is_found = false;
    enum fat32_error error = search_directory(fs, dir_cluster, entries, num_entries);
    if (error != FAT32_OK)
        return error;
    return entries[0].is_found ? FAT32_OK : FAT32_NOT_FOUND;
}

/*
 * How many clusters behind `cluster`, side by side with it, follow it in the chain, as far as the sector of
 * the FAT that is at hand tells; never as far as `mark`.
 */
static uint32_t count_adjacent(const struct fat32 *fs, uint32_t cluster, uint32_t mark)
{
    struct span fat = span_of(fs->fat_sector, FAT32_SECTOR_BYTES);
    uint32_t limit = min_u32(fs->num_clusters + FIRST_CLUSTER - 1 - cluster, mark - cluster - 1);
    uint32_t first = cluster, index = cluster % FAT_SECTOR_ENTRIES;

    if (fs->fat_lba + cluster / FAT_SECTOR_ENTRIES != fs->fat_sector_lba)
        return 0;
    for (; index < FAT_SECTOR_ENTRIES && cluster - first < limit; index++) {
        if ((span_u32(fat, index * 4) & CLUSTER_MASK) != cluster + 1)
            break;
        cluster++;
    }
    return cluster - first;
}

/* Begins the extent at `cluster`, which lies in the volume. */
static void begin_extent(const struct fat32 *fs, struct fat32_file *file, uint32_t cluster)
{
    uint32_t num_more = count_adjacent(fs, cluster, file->mark);

    file->cluster = cluster + num_more;
    file->lba = cluster_lba(fs, cluster);
    file->extent_left = (num_more + 1) * fs->cluster_sectors;
    file->num_steps += num_more;
    if (file->num_steps >= file->next_mark) {
        file->mark = file->cluster;
        file->next_mark = 2 * file->num_steps;
    }
}

enum fat32_error fat32_file_open(const struct fat32 *fs, const struct fat32_entry *entry,
                                 struct fat32_file *file)
{
    uint32_t size = entry->size_bytes;
    bool has_cluster = is_cluster(fs, entry->cluster);

    *file = (struct fat32_file){.cluster = entry->cluster, .mark = entry->cluster, .next_mark = 1};
    file->sectors_left = size / FAT32_SECTOR_BYTES + (size % FAT32_SECTOR_BYTES != 0);
    if (has_cluster)
        begin_extent(fs, file, entry->cluster);
    return size != 0 && !has_cluster ? FAT32_BAD_CLUSTER : FAT32_OK;
}

/* On to the next cluster of the chain, which must be there and must be a new one. */
static enum fat32_error file_step(struct fat32 *fs, struct fat32_file *file)
{
    uint32_t cluster = file->cluster;
    enum fat32_error error = follow(fs, &cluster);
    if (error != FAT32_OK)
        return error;
    if (cluster == 0)
        return FAT32_SHORT_CHAIN;
    if (cluster == file->mark)
        return FAT32_CYCLE;
    file->num_steps++;
    begin_extent(fs, file, cluster);
    return FAT32_OK;
}

enum fat32_error fat32_next_run(struct fat32 *fs, struct fat32_file *file, uint32_t max_sectors,
                                struct fat32_run *run)
{
    run->lba = 0;
    run->num_sectors = 0;
    uint32_t wanted = min_u32(max_sectors, file->sectors_left);
    while (run->num_sectors < wanted) {
        if (file->extent_left == 0) {
            enum fat32_error error = file_step(fs, file);
            if (error != FAT32_OK)
                return error;
        }
        if (run->num_sectors == 0)
            run->lba = file->lba;
        if (file->lba != run->lba + run->num_sectors)
            break;
        uint32_t n = min_u32(wanted - run->num_sectors, file->extent_left);
        run->num_sectors += n;
        file->lba += n;
        file->extent_left -= n;
    }
    file->sectors_left -= run->num_sectors;
    return FAT32_OK;
}

enum fat32_error fat32_file_close(struct fat32 *fs, struct fat32_file *file)
{
    enum fat32_error error = is_cluster(fs, file->cluster) ? FAT32_OK : FAT32_SHORT_CHAIN;
    while (error == FAT32_OK)
        error = file_step(fs, file);
    return error == FAT32_CYCLE ? FAT32_CYCLE : FAT32_OK;
}
