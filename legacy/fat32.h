/*
 * fat32.h - reads a FAT32 volume; Microsoft "FAT: General Overview of On-Disk Format", 1.03.
 *
 * Pure: sectors come through a callback, nothing is allocated, and the same code runs in real mode and in the
 * host tests. It believes nothing it reads: every number is checked before use and every walk along a chain
 * ends, whatever the volume says. As tolerant as Windows and Linux are: it does not care how many clusters
 * there are, whether sector 0 ends in 0xaa55, or what follows the last cluster a file needs.
 *
 * One sector of the FAT and one of a directory are kept, so that no sector is read twice in a row.
 */
#ifndef LEGACY_FAT32_H
#define LEGACY_FAT32_H

#include <stdbool.h>
#include <stdint.h>

#define FAT32_SECTOR_BYTES 512

enum fat32_error {
    FAT32_OK = 0,
    FAT32_READ_ERROR,  /* the callback said so */
    FAT32_BAD_VOLUME,  /* no FAT32 boot sector, or one that contradicts itself */
    FAT32_NOT_FOUND,   /* no such name in the directory */
    FAT32_BAD_CLUSTER, /* a chain leads to a cluster that is free, bad or beyond the volume */
    FAT32_SHORT_CHAIN, /* a chain ends before the size of its file */
    FAT32_CYCLE,       /* a chain bites its tail, or a directory is longer than any can be */
};

struct fat32 {
    /* Reads `num_sectors` from `lba` of the disk to `buffer`; false if that fails. */
    bool (*read)(void *ctx, uint32_t lba, uint32_t num_sectors, void *buffer);
    void *ctx;
    uint32_t fat_lba;  /* the active FAT */
    uint32_t data_lba; /* cluster 2 */
    uint32_t num_clusters;
    uint32_t cluster_sectors;
    uint32_t root_cluster;
    uint32_t fat_sector_lba; /* what fat_sector holds; 0: nothing */
    uint8_t fat_sector[FAT32_SECTOR_BYTES];
    uint8_t dir_sector[FAT32_SECTOR_BYTES];
};

/* A name to look for, and what was found. */
struct fat32_entry {
    const char *name;  /* 11 bytes as on the disk: upper case, padded with spaces, no dot: "BOOTX64 EFI" */
    bool is_directory; /* a file of this name does not count as a directory, nor the reverse */
    bool is_found;
    uint32_t cluster;    /* the first; 0: none */
    uint32_t size_bytes; /* 0 for directories */
};

/* A place in a file, moved on by fat32_next_run(). An extent is a number of clusters that lie side by side.
 */
struct fat32_file {
    uint32_t cluster;      /* the last one of the extent */
    uint32_t lba;          /* the next sector of the extent */
    uint32_t extent_left;  /* sectors of the extent from there on */
    uint32_t sectors_left; /* of the file */
    uint32_t num_steps;    /* along the chain */
    uint32_t mark;         /* a cluster passed before; meeting it again is a cycle */
    uint32_t next_mark;    /* step at which the mark moves up, doubling each time (Brent) */
};

/* Sectors that lie side by side on the disk. */
struct fat32_run {
    uint32_t lba;
    uint32_t num_sectors;
};

/* Opens the volume that begins at `lba`: sets all of `fs` but read and ctx, which the caller has set. */
enum fat32_error fat32_open(struct fat32 *fs, uint32_t lba);

/*
 * Looks for entries[0..num_entries) in the directory that begins at `dir_cluster`, all in one pass,
 * regardless of case; long names, volume labels and deleted entries do not count. FAT32_NOT_FOUND if
 * entries[0] is not there; whether the others are, is_found tells.
 */
enum fat32_error fat32_find(struct fat32 *fs, uint32_t dir_cluster, struct fat32_entry *entries,
                            uint32_t num_entries);

/* Sets `file` to the beginning of what fat32_find() found. */
enum fat32_error fat32_file_open(const struct fat32 *fs, const struct fat32_entry *entry,
                                 struct fat32_file *file);

/*
 * The next sectors of the file: as many as lie side by side, at most `max_sectors` (at least 1). The run is
 * empty at the end of the file; the last sector may be used in part.
 */
enum fat32_error fat32_next_run(struct fat32 *fs, struct fat32_file *file, uint32_t max_sectors,
                                struct fat32_run *run);

/*
 * Follows the chain from where the file was left: FAT32_CYCLE if it never ends, so that something already
 * read may have been read twice; else FAT32_OK, for what lies beyond the part that was read is nobody's
 * matter.
 */
enum fat32_error fat32_file_close(struct fat32 *fs, struct fat32_file *file);

#endif
