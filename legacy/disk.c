/*
 * disk.c - reads sectors through the BIOS, see disk.h. 16-bit C in real mode, DS = ES = SS = 0.
 */
#include "legacy/disk.h"

#include "legacy/bios.h"
#include "legacy/memory_copy.h"
#include "legacy/realmode.h"

#define DISK_INT 0x13

#define TRIES_PER_SIZE 3
#define SHRINK         8 /* 127, 15, 1 sectors at once */
#define MAX_CYLINDER   1023u

#define HOLDS_NOTHING UINT32_MAX

#define STATUS_BAD_COMMAND 0x01

/* Disk address packet (Enhanced Disk Drive specification, 3.0). */
struct disk_packet {
    uint8_t size_bytes, reserved;
    uint16_t num_sectors;
    uint16_t offset, segment;
    uint64_t lba;
};
_Static_assert(sizeof(struct disk_packet) == 16, "as the BIOS wants it");

static bool disk_call(struct disk *disk, struct bios_regs *regs)
{
    regs->edx = (regs->edx & 0xff00) | disk->drive;
    bios_int(DISK_INT, regs);
    bool ok = (regs->flags & BIOS_CARRY) == 0;
    disk->status = ok ? 0 : (uint8_t)(regs->eax >> 8);
    return ok;
}

static void disk_reset(struct disk *disk)
{
    struct bios_regs regs = {.eax = 0};
    uint8_t status = disk->status;
    disk_call(disk, &regs);
    disk->status = status;
}

static bool disk_has_extensions(struct disk *disk)
{
    struct bios_regs regs = {.eax = 0x4100, .ebx = 0x55aa};
    return disk_call(disk, &regs) && (regs.ebx & 0xffff) == 0xaa55 && (regs.ecx & 1) != 0;
}

static void disk_ask_geometry(struct disk *disk)
{
    struct bios_regs regs = {.eax = 0x0800};
    if (!disk_call(disk, &regs))
        return;
    disk->track_sectors = regs.ecx & 0x3f;
    disk->num_heads = (uint16_t)((regs.edx >> 8 & 0xff) + 1);
}

void disk_open(struct disk *disk, uint8_t drive, bool is_cd)
{
    disk->drive = drive;
    disk->max_sectors = TRANSFER_SECTORS;
    disk->block_sectors = is_cd ? CD_BLOCK_BYTES / SECTOR_BYTES : 1;
    disk->held_lba = HOLDS_NOTHING;
    disk->track_sectors = 0;
    disk->has_extensions = is_cd || disk_has_extensions(disk);
    if (!disk->has_extensions)
        disk_ask_geometry(disk);
}

static bool read_extended(struct disk *disk, uint32_t lba, uint32_t num_sectors, uint32_t paddr)
{
    struct disk_packet packet = {
        .size_bytes = sizeof packet,
        .num_sectors = (uint16_t)(num_sectors / disk->block_sectors),
        .offset = paddr & 0xf,
        .segment = (uint16_t)(paddr >> 4),
        .lba = lba / disk->block_sectors,
    };
    struct bios_regs regs = {.eax = 0x4200, .esi = (uint16_t)(uintptr_t)&packet};
    return disk_call(disk, &regs);
}

/* The transfer must not leave the track: disk_limit() sees to it. */
static bool read_chs(struct disk *disk, uint32_t lba, uint32_t num_sectors, uint32_t paddr)
{
    disk->status = STATUS_BAD_COMMAND;
    if (disk->track_sectors == 0)
        return false;
    uint32_t track = lba / disk->track_sectors;
    uint32_t cylinder = track / disk->num_heads;
    if (cylinder > MAX_CYLINDER)
        return false;
    struct bios_regs regs = {
        .eax = 0x0200 | num_sectors,
        .ecx = (cylinder & 0xff) << 8 | (cylinder >> 8) << 6 | (lba % disk->track_sectors + 1),
        .edx = track % disk->num_heads << 8,
        .ebx = paddr & 0xf,
        .es = (uint16_t)(paddr >> 4),
    };
    return disk_call(disk, &regs);
}

static uint32_t disk_limit(const struct disk *disk, uint32_t lba, uint32_t num_sectors)
{
    if (num_sectors > disk->max_sectors)
        num_sectors = disk->max_sectors;
    if (disk->has_extensions)
        return num_sectors & -disk->block_sectors;
    if (disk->track_sectors == 0)
        return num_sectors;
    uint32_t track_left = disk->track_sectors - lba % disk->track_sectors;
    return num_sectors < track_left ? num_sectors : track_left;
}

/* Reads up to `num_sectors`, whole sectors of the drive's; how many, or 0 if not even one can be read. */
static uint32_t disk_transfer(struct disk *disk, uint32_t lba, uint32_t num_sectors, uint32_t paddr)
{
    for (;;) {
        uint32_t n = disk_limit(disk, lba, num_sectors);
        for (uint32_t i = 0; i < TRIES_PER_SIZE; i++) {
            if (disk->has_extensions ? read_extended(disk, lba, n, paddr) : read_chs(disk, lba, n, paddr))
                return n;
            disk_reset(disk);
        }
        if (n <= disk->block_sectors)
            return 0;
        disk->max_sectors = n > SHRINK * disk->block_sectors ? n / SHRINK : disk->block_sectors;
    }
}

/* Reads up to `num_sectors` of those that one sector of the drive's holds, by way of CD_BLOCK_PADDR. */
static uint32_t disk_transfer_part(struct disk *disk, uint32_t lba, uint32_t num_sectors, uint32_t paddr)
{
    uint32_t skip = lba & (disk->block_sectors - 1);
    uint32_t n = disk->block_sectors - skip;
    if (disk->held_lba != lba - skip) {
        disk->held_lba = HOLDS_NOTHING;
        if (disk_transfer(disk, lba - skip, disk->block_sectors, CD_BLOCK_PADDR) == 0)
            return 0;
        disk->held_lba = lba - skip;
    }
    if (n > num_sectors)
        n = num_sectors;
    memory_copy(paddr, CD_BLOCK_PADDR + skip * SECTOR_BYTES, n * SECTOR_BYTES);
    return n;
}

bool disk_read(struct disk *disk, uint32_t lba, uint32_t num_sectors, uint32_t paddr)
{
    while (num_sectors != 0) {
        bool is_part = (lba & (disk->block_sectors - 1)) != 0 || num_sectors < disk->block_sectors;
        uint32_t n = is_part ? disk_transfer_part(disk, lba, num_sectors, paddr)
                             : disk_transfer(disk, lba, num_sectors, paddr);
        if (n == 0)
            return false;
        lba += n;
        num_sectors -= n;
        paddr += n * SECTOR_BYTES;
    }
    return true;
}
