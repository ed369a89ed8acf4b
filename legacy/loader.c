/*
 * loader.c - loads \EFI\BOOT\BOOTX64.EFI from a FAT32 partition as any Linux boot loader would load it.
 *
 * Entered from loader_entry.S in real mode, CS = DS = ES = SS = 0, stack below the MBR, interrupts on. Leaves
 * by loader_leave() into the image's 16-bit setup code, or prints one letter and two digits (boot_errors.h)
 * and halts. There is no private protocol: what happens here is in Linux Documentation/arch/x86/boot.rst.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/config.h"
#include "kernel/boot/section.h"
#include "kernel/lib/span.h"
#include "legacy/a20.h"
#include "legacy/asm16.h"
#include "legacy/bios.h"
#include "legacy/boot_errors.h"
#include "legacy/disk.h"
#include "legacy/fat32.h"
#include "legacy/image.h"
#include "legacy/memory_copy.h"
#include "legacy/partition.h"
#include "legacy/realmode.h"
#include "legacy/setup_data.h"

#define VIDEO_INT  0x10
#define SYSTEM_INT 0x15

#define CONFIG_SECTORS 4 /* of \janus.cfg; what follows is not read */

/* The time stamp, on its way to the kernel. */
struct loader_node {
    struct setup_data head;
    uint64_t tsc;
};
_Static_assert(sizeof(struct loader_node) <= SETUP_DATA_BYTES, "drawn in realmode.h");

extern uint64_t loader_tsc; /* at the first instruction; 0: no such counter */

_Noreturn void loader_main(uint32_t drive);
_Noreturn void loader_leave(uint32_t drive);

static struct disk disk;
NOINIT static struct fat32 volume;
NOINIT static uint8_t sector[SECTOR_BYTES];
NOINIT static uint8_t config[CONFIG_SECTORS * SECTOR_BYTES];
NOINIT static char cmdline[CMDLINE_BYTES];
NOINIT static uint8_t header[IMAGE_HEADER_BYTES];

static void print_char(char c)
{
    struct bios_regs regs = {.eax = 0x0e00 | (uint8_t)c, .ebx = 0x0007};
    bios_int(VIDEO_INT, &regs);
}

static _Noreturn void fail(char letter, uint8_t detail)
{
    for (const char *s = "Janus error "; *s != 0; s++)
        print_char(*s);
    print_char(letter);
    print_char(' ');
    print_char("0123456789ABCDEF"[detail >> 4]);
    print_char("0123456789ABCDEF"[detail & 15]);
    halt();
}

static void read_or_fail(uint32_t lba, uint32_t num_sectors, uint32_t paddr)
{
    if (!disk_read(&disk, lba, num_sectors, paddr))
        fail(BOOT_ERROR_READ, disk.status);
}

static uint32_t near_paddr(const void *p)
{
    return (uint32_t)(uintptr_t)p; /* DS = 0 */
}

static bool volume_read(void *ctx, uint32_t lba, uint32_t num_sectors, void *buffer)
{
    return disk_read(ctx, lba, num_sectors, near_paddr(buffer));
}

static void check(enum fat32_error error)
{
    if (error == FAT32_READ_ERROR)
        fail(BOOT_ERROR_READ, disk.status);
    if (error == FAT32_NOT_FOUND)
        fail(BOOT_ERROR_NO_FILE, 0);
    if (error != FAT32_OK)
        fail(BOOT_ERROR_FILESYSTEM, (uint8_t)error);
}

/* The MBR of a CD takes the place of what the BIOS loaded from there. */
static void open_disk(uint8_t drive)
{
    bool is_cd = span_u32(span_of((const void *)MBR_PADDR, SECTOR_BYTES), 2) == EL_TORITO_MAGIC;
    disk_open(&disk, drive, is_cd);
    if (is_cd)
        read_or_fail(0, 1, MBR_PADDR);
}

/* LBA of the EFI system partition of a GPT disk. */
static uint32_t find_gpt_partition(void)
{
    struct gpt gpt;
    uint32_t lba;
    read_or_fail(GPT_HEADER_LBA, 1, near_paddr(sector));
    if (!gpt_read_header(span_of(sector, SECTOR_BYTES), &gpt))
        fail(BOOT_ERROR_PARTITION, 0);
    for (uint32_t i = 0; i < gpt.num_entries; i++) {
        uint32_t offset = i * gpt.entry_bytes;
        if (offset % SECTOR_BYTES == 0)
            read_or_fail(gpt.entries_lba + offset / SECTOR_BYTES, 1, near_paddr(sector));
        struct span entries = span_of(sector, SECTOR_BYTES);
        if (gpt_is_system_partition(span_sub(entries, offset % SECTOR_BYTES, gpt.entry_bytes), &lba))
            return lba;
    }
    fail(BOOT_ERROR_PARTITION, 0);
}

/* LBA of the volume to boot from. The MBR is where the BIOS or open_disk() put it. */
static uint32_t find_partition(void)
{
    uint32_t lba;
    switch (mbr_find_partition(span_of((const void *)MBR_PADDR, SECTOR_BYTES), &lba)) {
    case MBR_PARTITION:
        return lba;
    case MBR_GPT:
        return find_gpt_partition();
    default:
        fail(BOOT_ERROR_PARTITION, 0);
    }
}

/* Finds the image, and the configuration file if there is one, with each directory read once. */
static void find_files(struct fat32_entry *image_entry, struct fat32_entry *config_entry)
{
    struct fat32_entry root[] = {
        {.name = "EFI        ", .is_directory = true},
        {.name = "JANUS   CFG"},
    };
    struct fat32_entry boot = {.name = "BOOT       ", .is_directory = true};
    check(fat32_find(&volume, volume.root_cluster, root, 2));
    check(fat32_find(&volume, root[0].cluster, &boot, 1));
    check(fat32_find(&volume, boot.cluster, image_entry, 1));
    *config_entry = root[1];
}

/*
 * Reads the next `num_sectors` of the file to `paddr`, above 1 MiB by way of the transfer buffer. False if
 * the file ends before.
 */
static bool load(struct fat32_file *file, uint32_t num_sectors, uint32_t paddr)
{
    bool is_high = paddr >= PROTECTED_PADDR;
    while (num_sectors != 0) {
        struct fat32_run run;
        uint32_t limit = num_sectors < TRANSFER_SECTORS ? num_sectors : TRANSFER_SECTORS;
        check(fat32_next_run(&volume, file, limit, &run));
        if (run.num_sectors == 0)
            return false;
        read_or_fail(run.lba, run.num_sectors, is_high ? TRANSFER_PADDR : paddr);
        if (is_high)
            memory_copy(paddr, TRANSFER_PADDR, run.num_sectors * SECTOR_BYTES);
        num_sectors -= run.num_sectors;
        paddr += run.num_sectors * SECTOR_BYTES;
    }
    return true;
}

/* Contiguous memory from 1 MiB up, bytes, as the simplest of BIOS calls tell: the kernel asks for the full
 * map. */
static uint32_t memory_above_1mib(void)
{
    struct bios_regs regs = {.eax = 0xe801, .flags = BIOS_CARRY};
    bios_int(SYSTEM_INT, &regs);
    bool in_cx = (regs.eax & 0xffff) == 0 && (regs.ebx & 0xffff) == 0;
    uint32_t num_kib = (in_cx ? regs.ecx : regs.eax) & 0xffff;   /* below 16 MiB */
    uint32_t num_64kib = (in_cx ? regs.edx : regs.ebx) & 0xffff; /* above 16 MiB */
    if ((regs.flags & BIOS_CARRY) == 0 && num_kib != 0)
        return num_kib * 1024 + (num_kib == 15 * 1024 ? num_64kib * 0x10000u : 0);
    regs = (struct bios_regs){.eax = 0x8800, .flags = BIOS_CARRY};
    bios_int(SYSTEM_INT, &regs);
    return (regs.flags & BIOS_CARRY) == 0 ? (regs.eax & 0xffff) * 1024 : 0;
}

static void load_image(const struct fat32_entry *entry, struct image *image)
{
    struct fat32_file file;
    check(fat32_file_open(&volume, entry, &file));
    if (!load(&file, IMAGE_HEADER_BYTES / SECTOR_BYTES, near_paddr(header)))
        fail(BOOT_ERROR_TRUNCATED, 0);
    if (!image_read_header(span_of(header, IMAGE_HEADER_BYTES), image))
        fail(BOOT_ERROR_HEADER, 0);
    if (!image_is_complete(image, entry->size_bytes))
        fail(BOOT_ERROR_TRUNCATED, 0);
    if (memory_above_1mib() < image->memory_bytes)
        fail(BOOT_ERROR_MEMORY, 0);

    /* Each inside one 64 KiB page, see realmode.h. */
    uint32_t setup_left = (image->setup_bytes - IMAGE_HEADER_BYTES) / SECTOR_BYTES;
    uint32_t num_sectors = (image->protected_bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
    if (!load(&file, setup_left, SETUP_PADDR + IMAGE_HEADER_BYTES) ||
        !load(&file, num_sectors, PROTECTED_PADDR))
        fail(BOOT_ERROR_TRUNCATED, 0);
    check(fat32_file_close(&volume, &file));
}

/* The command line from the configuration file; empty if there is none. */
static void load_config(struct fat32_entry *entry, uint32_t cmdline_bytes)
{
    struct fat32_file file;
    if (!entry->is_found)
        entry->size_bytes = 0;
    if (entry->size_bytes > sizeof config)
        entry->size_bytes = sizeof config;
    check(fat32_file_open(&volume, entry, &file));
    uint8_t *end = config;
    for (struct fat32_run run; file.sectors_left != 0; end += run.num_sectors * SECTOR_BYTES) {
        check(fat32_next_run(&volume, &file, CONFIG_SECTORS, &run));
        read_or_fail(run.lba, run.num_sectors, near_paddr(end));
    }
    config_cmdline(span_of(config, entry->size_bytes), cmdline, cmdline_bytes);
}

/* Up to its end, in whole words. */
static uint32_t cmdline_bytes(void)
{
    uint32_t n = 0;
    while (cmdline[n] != 0)
        n++;
    return (n + 4) & ~3u;
}

/* Puts everything the image is to find beside itself in its place. */
static void hand_over(const struct image *image)
{
    static struct loader_node node = {.head = {.type = SETUP_JANUS_LOADER, .len = sizeof node.tsc}};
    node.tsc = loader_tsc;
    image_write_header(header, image);
    memory_copy(SETUP_PADDR, near_paddr(header), IMAGE_HEADER_BYTES);
    memory_copy(CMDLINE_PADDR, near_paddr(cmdline), cmdline_bytes());
    memory_copy(SETUP_DATA_PADDR, near_paddr(&node), sizeof node);
}

void loader_main(uint32_t drive)
{
    struct fat32_entry image_entry = {.name = "BOOTX64 EFI"}, config_entry;
    struct image image;
    open_disk((uint8_t)drive);
    volume.read = volume_read;
    volume.ctx = &disk;
    check(fat32_open(&volume, find_partition()));
    find_files(&image_entry, &config_entry);
    if (!a20_enable())
        fail(BOOT_ERROR_A20, 0);
    load_image(&image_entry, &image);
    load_config(&config_entry, image.cmdline_bytes);
    hand_over(&image);
    loader_leave(drive);
}
