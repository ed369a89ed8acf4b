/*
 * disk.h - reads sectors through the BIOS (INT 13h).
 */
#ifndef LEGACY_DISK_H
#define LEGACY_DISK_H

#include <stdbool.h>
#include <stdint.h>

struct disk {
    uint8_t drive;
    uint8_t status; /* AH of the last INT 13h; 0: no error */
    bool has_extensions;
    uint8_t track_sectors; /* geometry, for drives without extensions; 0: not told */
    uint16_t num_heads;
    uint32_t max_sectors;   /* of one transfer; shrinks when the BIOS refuses */
    uint32_t block_sectors; /* what the drive calls a sector, in sectors of 512 bytes: 1, or 4 on a CD */
    uint32_t held_lba;      /* of the block at CD_BLOCK_PADDR; UINT32_MAX: nothing is there */
};

/*
 * Asks the BIOS how `drive` (DL of INT 13h) wants to be read. `is_cd`: a CD booted without emulation, of
 * which El Torito says enough: it has sectors of 2048 bytes, which the extensions read. Then nobody is asked.
 */
void disk_open(struct disk *disk, uint8_t drive, bool is_cd);

/*
 * Reads `num_sectors` of 512 bytes from `lba`, whatever the drive calls a sector, to real-mode address
 * `paddr` (below 1 MiB, room for all of them inside one 64 KiB page). A failed transfer is tried again after
 * a reset, then with fewer sectors at once, a bounded number of times. False, and disk->status, if a sector
 * cannot be read.
 */
bool disk_read(struct disk *disk, uint32_t lba, uint32_t num_sectors, uint32_t paddr);

#endif
