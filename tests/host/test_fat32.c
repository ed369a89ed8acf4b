/* units: legacy/fat32.c */
/*
 * The loader's FAT32 reader: volumes built here byte by byte, and volumes that mtools made.
 *
 *   disk:   | nothing, VOLUME_LBA sectors | boot sector, reserved | FAT 0 | FAT 1 ... | cluster 2 | cluster 3
 * ...
 *
 * Where a file is built here, a test looks at the places its sectors are read from, not at what they hold.
 */
#define _GNU_SOURCE
#include "tests/host/host_test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "legacy/fat32.h"

#define SECTOR     FAT32_SECTOR_BYTES
#define VOLUME_LBA 5
#define CHAIN_END  0x0fffffffu
#define BAD_MARK   0x0ffffff7u

#define ATTR_LABEL     0x08
#define ATTR_LONG_NAME 0x0f
#define ATTR_DIRECTORY 0x10
#define ATTR_FILE      0x20

#define ROOT      2u
#define EFI       3u
#define BOOT      4u
#define FILE_AT   10u
#define IMAGE     "BOOTX64 EFI"
#define NO_SECTOR UINT32_MAX

struct disk {
    uint8_t *bytes;
    uint32_t num_sectors;
    uint32_t cluster_sectors, reserved, num_fats, fat_sectors, num_clusters;
    uint32_t num_reads;
    uint32_t bad_read; /* number of the call that fails, from 1; 0: none */
    uint32_t last_lba; /* of the read before */
    uint32_t num_rereads;
};

static void put(uint8_t *p, uint32_t value, uint32_t num_bytes)
{
    for (uint32_t i = 0; i < num_bytes; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static bool disk_read(void *ctx, uint32_t lba, uint32_t num_sectors, void *buffer)
{
    struct disk *d = ctx;
    d->num_reads++;
    d->num_rereads += lba == d->last_lba;
    d->last_lba = lba;
    if (d->num_reads == d->bad_read) {
        memset(buffer, 0xee, (size_t)num_sectors * SECTOR);
        return false;
    }
    if (lba >= d->num_sectors || num_sectors > d->num_sectors - lba)
        return false;
    memcpy(buffer, d->bytes + (size_t)lba * SECTOR, (size_t)num_sectors * SECTOR);
    return true;
}

static uint8_t *boot_sector(struct disk *d)
{
    return d->bytes + VOLUME_LBA * SECTOR;
}

static uint32_t data_lba(const struct disk *d, uint32_t cluster)
{
    return VOLUME_LBA + d->reserved + d->num_fats * d->fat_sectors + (cluster - 2) * d->cluster_sectors;
}

static uint8_t *fat_entry(struct disk *d, uint32_t fat, uint32_t cluster)
{
    return d->bytes + (size_t)(VOLUME_LBA + d->reserved + fat * d->fat_sectors) * SECTOR + cluster * 4;
}

static void link_cluster(struct disk *d, uint32_t cluster, uint32_t next)
{
    for (uint32_t fat = 0; fat < d->num_fats; fat++)
        put(fat_entry(d, fat, cluster), next, 4);
}

static void link_chain(struct disk *d, const uint32_t *clusters, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        link_cluster(d, clusters[i], i + 1 < n ? clusters[i + 1] : CHAIN_END);
}

/* The index-th entry of the directory cluster `dir`. */
static void set_entry(struct disk *d, uint32_t dir, uint32_t index, const char *name, uint8_t attributes,
                      uint32_t cluster, uint32_t size)
{
    uint8_t *e = d->bytes + (size_t)data_lba(d, dir) * SECTOR + index * 32;
    memset(e, 0, 32);
    memcpy(e, name, 11);
    e[11] = attributes;
    put(e + 20, cluster >> 16, 2);
    put(e + 26, cluster, 2);
    put(e + 28, size, 4);
}

/* An empty volume with \EFI\BOOT, ready for an image at FILE_AT. */
static void disk_make(struct disk *d, uint32_t cluster_sectors, uint32_t reserved, uint32_t num_fats,
                      uint32_t num_clusters)
{
    memset(d, 0, sizeof *d);
    d->cluster_sectors = cluster_sectors;
    d->reserved = reserved;
    d->num_fats = num_fats;
    d->num_clusters = num_clusters;
    d->fat_sectors = (num_clusters + 2 + 127) / 128;
    d->num_sectors = data_lba(d, num_clusters + 2);
    d->last_lba = NO_SECTOR;
    d->bytes = calloc(d->num_sectors, SECTOR);
    assert_non_null(d->bytes);

    uint8_t *b = boot_sector(d);
    put(b + 11, SECTOR, 2);
    put(b + 13, cluster_sectors, 1);
    put(b + 14, reserved, 2);
    put(b + 16, num_fats, 1);
    put(b + 32, d->num_sectors - VOLUME_LBA, 4);
    put(b + 36, d->fat_sectors, 4);
    put(b + 44, ROOT, 4);
    link_cluster(d, ROOT, CHAIN_END);
    link_cluster(d, EFI, CHAIN_END);
    link_cluster(d, BOOT, CHAIN_END);
    set_entry(d, ROOT, 0, "EFI        ", ATTR_DIRECTORY, EFI, 0);
    set_entry(d, EFI, 0, "BOOT       ", ATTR_DIRECTORY, BOOT, 0);
}

static void disk_free(struct disk *d)
{
    free(d->bytes);
}

/* What the loader does: \EFI\BOOT\BOOTX64.EFI and JANUS.CFG in one pass. */
static enum fat32_error walk(struct fat32 *fs, struct disk *d, struct fat32_entry *image,
                             struct fat32_entry *config)
{
    struct fat32_entry root[] = {{.name = "EFI        ", .is_directory = true}, {.name = "JANUS   CFG"}};
    root[1].is_found = true; /* left over from somewhere */
    struct fat32_entry boot = {.name = "BOOT       ", .is_directory = true, .is_found = true};
    memset(fs, 0xa5, sizeof *fs);
    fs->read = disk_read;
    fs->ctx = d;
    *image = (struct fat32_entry){.name = IMAGE};
    enum fat32_error error = fat32_open(fs, VOLUME_LBA);
    if (error == FAT32_OK)
        error = fat32_find(fs, fs->root_cluster, root, 2);
    if (error == FAT32_OK)
        error = fat32_find(fs, root[0].cluster, &boot, 1);
    if (error == FAT32_OK)
        error = fat32_find(fs, boot.cluster, image, 1);
    if (config != NULL)
        *config = root[1];
    return error;
}

/* Reads a whole file in runs of at most `max_sectors`; its sectors' LBAs go to `lbas`. */
static enum fat32_error read_lbas(struct fat32 *fs, const struct fat32_entry *entry, uint32_t max_sectors,
                                  uint32_t *lbas, uint32_t *num_lbas)
{
    struct fat32_file file;
    struct fat32_run run;
    *num_lbas = 0;
    enum fat32_error error = fat32_file_open(fs, entry, &file);
    while (error == FAT32_OK && file.sectors_left != 0) {
        error = fat32_next_run(fs, &file, max_sectors, &run);
        for (uint32_t i = 0; error == FAT32_OK && i < run.num_sectors; i++)
            lbas[(*num_lbas)++] = run.lba + i;
        assert_true(error != FAT32_OK || (run.num_sectors > 0 && run.num_sectors <= max_sectors));
    }
    return error == FAT32_OK ? fat32_file_close(fs, &file) : error;
}

/* Reading the image of `d` ends in `expected`, and does not take for ever. */
static void assert_image(struct disk *d, enum fat32_error expected)
{
    static uint32_t lbas[1 << 16];
    struct fat32 fs;
    struct fat32_entry image;
    uint32_t n;
    d->num_reads = 0;
    enum fat32_error error = walk(&fs, d, &image, NULL);
    if (error == FAT32_OK)
        error = read_lbas(&fs, &image, 127, lbas, &n);
    assert_int_equal(error, expected);
    assert_true(d->num_reads < 4096 + 500);
}

static void test_every_geometry(void **state)
{
    (void)state;
    static const uint32_t reserved[] = {1, 8, 32, 65};
    static uint32_t lbas[1000];
    for (uint32_t c = 1; c <= 128; c *= 2) {
        for (uint32_t i = 0; i < 12; i++) {
            struct disk d;
            struct fat32 fs;
            struct fat32_entry image, config;
            uint32_t n;
            disk_make(&d, c, reserved[i % 4], 1 + i / 4, 300);
            const uint32_t chain[] = {FILE_AT, FILE_AT + 1, FILE_AT + 5};
            link_chain(&d, chain, 3);
            set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, FILE_AT, 2 * c * SECTOR + 1);
            assert_int_equal(walk(&fs, &d, &image, &config), FAT32_OK);
            assert_false(config.is_found);
            assert_int_equal(fs.num_clusters, 300);
            assert_int_equal(image.size_bytes, 2 * c * SECTOR + 1);
            assert_int_equal(read_lbas(&fs, &image, 127, lbas, &n), FAT32_OK);
            assert_int_equal(n, 2 * c + 1);
            for (uint32_t k = 0; k < 2 * c; k++)
                assert_int_equal(lbas[k], data_lba(&d, FILE_AT) + k);
            assert_int_equal(lbas[2 * c], data_lba(&d, FILE_AT + 5));
            disk_free(&d);
        }
    }
}

static void expect_run(struct fat32 *fs, struct fat32_file *file, uint32_t max, uint32_t lba, uint32_t n)
{
    struct fat32_run run;
    assert_int_equal(fat32_next_run(fs, file, max, &run), FAT32_OK);
    assert_int_equal(run.num_sectors, n);
    assert_int_equal(run.lba, lba);
}

/* Clusters 10 11 12 | 30 31 | 20 of four sectors, the last one used in part. */
static void test_runs_are_as_long_as_can_be(void **state)
{
    (void)state;
    struct disk d;
    struct fat32 fs;
    struct fat32_entry image;
    struct fat32_file file;
    disk_make(&d, 4, 32, 2, 300);
    const uint32_t chain[] = {10, 11, 12, 30, 31, 20};
    link_chain(&d, chain, 6);
    set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, 10, 22 * SECTOR - 100);
    assert_int_equal(walk(&fs, &d, &image, NULL), FAT32_OK);

    assert_int_equal(fat32_file_open(&fs, &image, &file), FAT32_OK);
    expect_run(&fs, &file, 127, data_lba(&d, 10), 12);
    expect_run(&fs, &file, 127, data_lba(&d, 30), 8);
    expect_run(&fs, &file, 127, data_lba(&d, 20), 2);
    expect_run(&fs, &file, 127, 0, 0);

    assert_int_equal(fat32_file_open(&fs, &image, &file), FAT32_OK);
    expect_run(&fs, &file, 2, data_lba(&d, 10), 2);
    expect_run(&fs, &file, 5, data_lba(&d, 10) + 2, 5);
    expect_run(&fs, &file, 127, data_lba(&d, 10) + 7, 5);
    expect_run(&fs, &file, 1, data_lba(&d, 30), 1);
    expect_run(&fs, &file, 7, data_lba(&d, 30) + 1, 7);
    expect_run(&fs, &file, 2, data_lba(&d, 20), 2);
    expect_run(&fs, &file, 1, 0, 0);
    assert_int_equal(fat32_file_close(&fs, &file), FAT32_OK);
    disk_free(&d);
}

/* One sector of the FAT tells about 128 clusters: 300 of them cost three reads, or four with the last look.
 */
static void test_nothing_is_read_twice(void **state)
{
    (void)state;
    static uint32_t lbas[600];
    struct disk d;
    struct fat32 fs;
    struct fat32_entry image, config;
    uint32_t n;
    disk_make(&d, 1, 32, 2, 400);
    for (uint32_t c = FILE_AT; c < FILE_AT + 300; c++)
        link_cluster(&d, c, c + 1 < FILE_AT + 300 ? c + 1 : CHAIN_END);
    set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, FILE_AT, 300 * SECTOR);
    set_entry(&d, ROOT, 1, "JANUS   CFG", ATTR_FILE, 320, 17);
    assert_int_equal(walk(&fs, &d, &image, &config), FAT32_OK);
    assert_int_equal(d.num_reads, 4);
    assert_true(config.is_found);
    assert_int_equal(config.cluster, 320);
    assert_int_equal(config.size_bytes, 17);
    assert_int_equal(read_lbas(&fs, &image, 127, lbas, &n), FAT32_OK);
    assert_int_equal(n, 300);
    assert_int_equal(d.num_reads, 4 + 3);
    assert_int_equal(d.num_rereads, 0);
    disk_free(&d);
}

/* Long names, labels, deleted entries and a directory of the same name stand before the file. */
static void test_long_directory(void **state)
{
    (void)state;
    struct disk d;
    struct fat32 fs;
    struct fat32_entry image;
    disk_make(&d, 2, 32, 2, 300);
    const uint32_t dir[] = {BOOT, 60, 50, 70};
    link_chain(&d, dir, 4);
    for (uint32_t k = 0; k < 4; k++) {
        memset(d.bytes + (size_t)data_lba(&d, dir[k]) * SECTOR, 0, 2 * SECTOR);
        for (uint32_t i = 0; i < 32; i += 4) {
            set_entry(&d, dir[k], i, IMAGE, ATTR_LONG_NAME, 99, 9);
            set_entry(&d, dir[k], i + 1, IMAGE, ATTR_LABEL, 98, 8);
            set_entry(&d, dir[k], i + 2, "\xe5OOTX64 EFI", ATTR_FILE, 97, 7);
            set_entry(&d, dir[k], i + 3, IMAGE, ATTR_DIRECTORY, 96, 6);
        }
    }
    set_entry(&d, 70, 31, "bootx64 efi", ATTR_FILE, 0x00010002, 12345);
    assert_int_equal(walk(&fs, &d, &image, NULL), FAT32_OK);
    assert_int_equal(image.cluster, 0x00010002);
    assert_int_equal(image.size_bytes, 12345);
    set_entry(&d, 50, 0, "\0          ", 0, 0, 0);
    assert_int_equal(walk(&fs, &d, &image, NULL), FAT32_NOT_FOUND);
    disk_free(&d);
}

/* Two names, four sectors: both are found wherever they are, and nothing is read after that. */
static void test_two_names_in_one_pass(void **state)
{
    (void)state;
    static const uint32_t places[][3] = {{0, 1, 1}, {0, 20, 2}, {40, 3, 3}, {15, 63, 4}, {63, 62, 4}};
    for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
        struct disk d;
        struct fat32 fs;
        struct fat32_entry image, config;
        disk_make(&d, 4, 32, 2, 300);
        for (uint32_t i = 0; i < 64; i++)
            set_entry(&d, ROOT, i, "OTHER   TXT", ATTR_FILE, FILE_AT, 1);
        set_entry(&d, ROOT, places[k][0], "EFI        ", ATTR_DIRECTORY, EFI, 0);
        set_entry(&d, ROOT, places[k][1], "JANUS   CFG", ATTR_FILE, FILE_AT, 9);
        set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, FILE_AT + 1, 8);
        set_entry(&d, BOOT, 1, IMAGE, ATTR_FILE, FILE_AT + 2, 7);
        assert_int_equal(walk(&fs, &d, &image, &config), FAT32_OK);
        assert_true(config.is_found);
        assert_int_equal(config.size_bytes, 9);
        assert_int_equal(image.cluster, FILE_AT + 1); /* the first of a name */
        assert_int_equal(d.num_reads, 3 + places[k][2]);
        disk_free(&d);
    }
}

static void test_not_found(void **state)
{
    (void)state;
    struct disk d;
    struct fat32 fs;
    struct fat32_entry image;
    disk_make(&d, 1, 32, 2, 300);
    assert_int_equal(walk(&fs, &d, &image, NULL), FAT32_NOT_FOUND);
    set_entry(&d, BOOT, 0, "BOOTX64 EF ", ATTR_FILE, FILE_AT, 1);
    set_entry(&d, BOOT, 1, "BOOTIA32EFI", ATTR_FILE, FILE_AT, 1);
    assert_int_equal(walk(&fs, &d, &image, NULL), FAT32_NOT_FOUND);
    /* A directory that is full to its last entry ends with its chain. */
    for (uint32_t i = 0; i < 16; i++)
        set_entry(&d, BOOT, i, "OTHER   TXT", ATTR_FILE, FILE_AT, 1);
    assert_int_equal(walk(&fs, &d, &image, NULL), FAT32_NOT_FOUND);
    set_entry(&d, EFI, 0, "BOOT       ", ATTR_FILE, BOOT, 0);
    assert_int_equal(walk(&fs, &d, &image, NULL), FAT32_NOT_FOUND);
    disk_free(&d);
}

static void test_empty_file(void **state)
{
    (void)state;
    struct disk d;
    disk_make(&d, 1, 32, 2, 300);
    set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, 0, 0);
    assert_image(&d, FAT32_OK);
    set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, 0xfffffff0, 0);
    assert_image(&d, FAT32_OK);
    assert_int_equal(d.num_reads, 4);
    set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, 0, 1);
    assert_image(&d, FAT32_BAD_CLUSTER);
    disk_free(&d);
}

/* A file of ten clusters whose seventh leads elsewhere. */
static void test_unsound_chains(void **state)
{
    (void)state;
    static const struct {
        uint32_t next;
        enum fat32_error error;
    } cases[] = {
        {FILE_AT + 7, FAT32_OK},         {0xf0000000u | (FILE_AT + 7), FAT32_OK}, /* reserved bits */
        {100, FAT32_BAD_CLUSTER},                                                 /* free */
        {0, FAT32_BAD_CLUSTER},          {1, FAT32_BAD_CLUSTER},
        {301, FAT32_BAD_CLUSTER}, /* the last cluster, and free */
        {302, FAT32_BAD_CLUSTER}, /* the first beyond the volume */
        {BAD_MARK, FAT32_BAD_CLUSTER},   {0x0ffffff6, FAT32_BAD_CLUSTER},
        {0x0ffffff8, FAT32_SHORT_CHAIN}, {CHAIN_END, FAT32_SHORT_CHAIN},
        {0xffffffff, FAT32_SHORT_CHAIN}, {FILE_AT, FAT32_CYCLE},
        {FILE_AT + 3, FAT32_CYCLE},      {FILE_AT + 6, FAT32_CYCLE},
    };
    for (uint32_t c = 1; c <= 128; c *= 16) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            struct disk d;
            disk_make(&d, c, 32, 2, 300);
            for (uint32_t k = 0; k < 10; k++)
                link_cluster(&d, FILE_AT + k, k < 9 ? FILE_AT + k + 1 : CHAIN_END);
            link_cluster(&d, FILE_AT + 6, cases[i].next);
            set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, FILE_AT, 10 * c * SECTOR);
            assert_image(&d, cases[i].error);
            disk_free(&d);
        }
    }
}

/* Every cycle within reach of every file size is seen, however short the file. */
static void test_every_cycle(void **state)
{
    (void)state;
    struct disk d;
    disk_make(&d, 1, 32, 2, 300);
    for (uint32_t tail = 0; tail < 12; tail++) {
        for (uint32_t length = 1; length < 12; length++) {
            for (uint32_t k = 0; k < tail + length; k++)
                link_cluster(&d, FILE_AT + k, FILE_AT + k + 1);
            link_cluster(&d, FILE_AT + tail + length - 1, FILE_AT + tail);
            for (uint32_t size = 1; size < 40; size += 3) {
                set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, FILE_AT, size * SECTOR);
                assert_image(&d, FAT32_CYCLE);
            }
        }
    }
    disk_free(&d);
}

/* Clusters reserved for a file behind its end, and whatever they lead to, are nobody's matter. */
static void test_longer_chain_is_fine(void **state)
{
    (void)state;
    struct disk d;
    disk_make(&d, 1, 32, 2, 300);
    for (uint32_t k = 0; k < 200; k++)
        link_cluster(&d, FILE_AT + k, FILE_AT + k + 1);
    set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, FILE_AT, 10 * SECTOR);
    link_cluster(&d, FILE_AT + 200, CHAIN_END);
    assert_image(&d, FAT32_OK);
    link_cluster(&d, FILE_AT + 200, BAD_MARK);
    assert_image(&d, FAT32_OK);
    disk_free(&d);
}

static void test_unsound_directories(void **state)
{
    (void)state;
    struct disk d;
    disk_make(&d, 1, 32, 2, 300);
    for (uint32_t i = 0; i < 16; i++)
        set_entry(&d, BOOT, i, "OTHER   TXT", ATTR_FILE, FILE_AT, 1);
    link_cluster(&d, BOOT, BOOT);
    assert_image(&d, FAT32_CYCLE);
    link_cluster(&d, BOOT, 0);
    assert_image(&d, FAT32_BAD_CLUSTER);
    set_entry(&d, EFI, 0, "BOOT       ", ATTR_DIRECTORY, 0, 0);
    assert_image(&d, FAT32_BAD_CLUSTER);
    set_entry(&d, EFI, 0, "BOOT       ", ATTR_DIRECTORY, 0x10000000, 0);
    assert_image(&d, FAT32_BAD_CLUSTER);
    disk_free(&d);

    disk_make(&d, 128, 32, 2, 300);
    for (uint32_t i = 0; i < 16 * 128; i++)
        set_entry(&d, BOOT, i, "OTHER   TXT", ATTR_FILE, FILE_AT, 1);
    link_cluster(&d, BOOT, BOOT);
    assert_image(&d, FAT32_CYCLE);
    disk_free(&d);
}

/* With mirroring off only one FAT tells the truth. */
static void test_active_fat(void **state)
{
    (void)state;
    struct disk d;
    disk_make(&d, 1, 32, 3, 300);
    link_cluster(&d, FILE_AT, FILE_AT + 1);
    link_cluster(&d, FILE_AT + 1, CHAIN_END);
    set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, FILE_AT, 2 * SECTOR);
    put(fat_entry(&d, 0, FILE_AT), 0, 4);
    put(fat_entry(&d, 1, FILE_AT), 0, 4);
    assert_image(&d, FAT32_BAD_CLUSTER);
    put(boot_sector(&d) + 40, 0x0002, 2); /* mirroring on: the number does not count */
    assert_image(&d, FAT32_BAD_CLUSTER);
    put(boot_sector(&d) + 40, 0x0082, 2);
    assert_image(&d, FAT32_OK);
    put(boot_sector(&d) + 40, 0x0081, 2);
    assert_image(&d, FAT32_BAD_CLUSTER);
    put(boot_sector(&d) + 40, 0x0083, 2);
    assert_image(&d, FAT32_BAD_VOLUME);
    disk_free(&d);
}

static void test_boot_sectors(void **state)
{
    (void)state;
    static const struct {
        uint32_t offset, num_bytes, value;
        enum fat32_error error;
    } cases[] = {
        {510, 2, 0, FAT32_OK},
        {82, 4, 0x31544146, FAT32_OK},
        {21, 1, 0, FAT32_OK},
        {11, 2, 0, FAT32_BAD_VOLUME},
        {11, 2, 1024, FAT32_BAD_VOLUME},
        {13, 1, 0, FAT32_BAD_VOLUME},
        {13, 1, 3, FAT32_BAD_VOLUME},
        {13, 1, 255, FAT32_BAD_VOLUME},
        {14, 2, 0, FAT32_BAD_VOLUME},
        {16, 1, 0, FAT32_BAD_VOLUME},
        {16, 1, 255, FAT32_BAD_VOLUME},
        {17, 2, 512, FAT32_BAD_VOLUME},
        {22, 2, 9, FAT32_BAD_VOLUME},
        {32, 4, 0, FAT32_BAD_VOLUME},
        {32, 4, 32, FAT32_BAD_VOLUME},
        {32, 4, 38, FAT32_BAD_VOLUME},
        {32, 4, UINT32_MAX, FAT32_BAD_VOLUME},
        {36, 4, 0, FAT32_BAD_VOLUME},
        {36, 4, UINT32_MAX, FAT32_BAD_VOLUME},
        {36, 4, 0x80000000, FAT32_BAD_VOLUME},
        {44, 4, 0, FAT32_BAD_VOLUME},
        {44, 4, 1, FAT32_BAD_VOLUME},
        {44, 4, 302, FAT32_BAD_VOLUME},
        {44, 4, UINT32_MAX, FAT32_BAD_VOLUME},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct disk d;
        disk_make(&d, 1, 32, 2, 300);
        link_cluster(&d, FILE_AT, CHAIN_END);
        set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, FILE_AT, 7);
        put(boot_sector(&d) + cases[i].offset, cases[i].value, cases[i].num_bytes);
        assert_image(&d, cases[i].error);
        disk_free(&d);
    }
}

/* A FAT too small for its volume: what it has no entry for is no cluster. */
static void test_fat_smaller_than_volume(void **state)
{
    (void)state;
    struct disk d;
    struct fat32 fs;
    struct fat32_entry image;
    disk_make(&d, 1, 32, 1, 126 + 128);
    put(boot_sector(&d) + 36, 1, 4);
    walk(&fs, &d, &image, NULL);
    assert_int_equal(fs.num_clusters, 126);
    disk_free(&d);
}

/* Whichever read fails, the answer is FAT32_READ_ERROR, and the same walk works when tried again. */
static void test_read_errors(void **state)
{
    (void)state;
    static uint32_t lbas[600];
    struct disk d;
    struct fat32 fs;
    struct fat32_entry image;
    uint32_t n;
    disk_make(&d, 1, 32, 2, 400);
    for (uint32_t c = FILE_AT; c < FILE_AT + 300; c++)
        link_cluster(&d, c, c + 1 < FILE_AT + 300 ? c + 1 : CHAIN_END);
    set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, FILE_AT, 300 * SECTOR);
    for (d.bad_read = 1; d.bad_read <= 7; d.bad_read++) {
        d.num_reads = 0;
        enum fat32_error error = walk(&fs, &d, &image, NULL);
        if (error == FAT32_OK)
            error = read_lbas(&fs, &image, 127, lbas, &n);
        assert_int_equal(error, FAT32_READ_ERROR);
        if (d.bad_read > 4)
            assert_int_equal(read_lbas(&fs, &image, 127, lbas, &n), FAT32_OK);
    }
    disk_free(&d);
}

static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
    return (uint32_t)(random_u64(seed) % limit);
}

/* Ten thousand spoilt volumes: no answer is wrong, but each comes, from inside the memory of the volume. */
static void test_random_bytes(void **state)
{
    (void)state;
    static uint32_t lbas[1 << 16];
    uint64_t seed = 0x4a616e75;
    uint32_t num_seen[FAT32_CYCLE + 1] = {0};
    for (uint32_t round = 0; round < 10000; round++) {
        struct disk d;
        struct fat32 fs;
        struct fat32_entry image;
        uint32_t n;
        disk_make(&d, 1u << random_below(&seed, 3), 2, 2, 200);
        for (uint32_t k = 0; k < 60; k++)
            link_cluster(&d, FILE_AT + k, k < 59 ? FILE_AT + k + 1 : CHAIN_END);
        set_entry(&d, BOOT, 0, IMAGE, ATTR_FILE, FILE_AT, 60 * d.cluster_sectors * SECTOR);
        uint32_t meta_bytes = (data_lba(&d, FILE_AT) - VOLUME_LBA) * SECTOR;
        for (uint32_t i = random_below(&seed, 24); i > 0; i--) {
            uint32_t at = random_below(&seed, random_below(&seed, 4) == 0 ? 64 : meta_bytes);
            boot_sector(&d)[at] = (uint8_t)random_below(&seed, random_below(&seed, 3) == 0 ? 80 : 256);
        }
        enum fat32_error error = walk(&fs, &d, &image, NULL);
        if (error == FAT32_OK && image.size_bytes <= sizeof lbas / sizeof lbas[0] * SECTOR)
            error = read_lbas(&fs, &image, 1 + random_below(&seed, 127), lbas, &n);
        assert_true(d.num_reads < 20000);
        num_seen[error]++;
        disk_free(&d);
    }
    for (uint32_t error = FAT32_OK; error <= FAT32_CYCLE; error++)
        assert_true(num_seen[error] > 0);
}

/* Runs a shell command, which must succeed. */
static void shell(const char *format, ...)
{
    char command[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    if (system(command) != 0)
        fail_msg("%s", command);
}

/* A file as memory; sparse files of 4 GiB are welcome. */
static uint8_t *map_file(const char *path, size_t *num_bytes)
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    *num_bytes = (size_t)lseek(fd, 0, SEEK_END);
    void *bytes = mmap(NULL, *num_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    assert_true(bytes != MAP_FAILED);
    close(fd);
    return bytes;
}

/* The image on the volume has the bytes of the file that mcopy took. */
static void assert_same_bytes(struct disk *d, const char *path, bool is_fragmented)
{
    static uint32_t lbas[4096];
    struct fat32 fs;
    struct fat32_entry image;
    uint32_t num_lbas, num_jumps = 0;
    size_t num_bytes;
    uint8_t *expected = map_file(path, &num_bytes);
    assert_int_equal(walk(&fs, d, &image, NULL), FAT32_OK);
    assert_int_equal(image.size_bytes, num_bytes);
    assert_int_equal(read_lbas(&fs, &image, 127, lbas, &num_lbas), FAT32_OK);
    for (uint32_t i = 0; i < num_lbas; i++) {
        size_t n = num_bytes - i * SECTOR < SECTOR ? num_bytes - i * SECTOR : SECTOR;
        assert_memory_equal(d->bytes + (size_t)lbas[i] * SECTOR, expected + i * SECTOR, n);
        num_jumps += i > 0 && lbas[i] != lbas[i - 1] + 1;
    }
    assert_int_equal(num_jumps > 0, is_fragmented);
    munmap(expected, num_bytes);
}

/* A volume of `cluster_sectors` as mtools makes it: long names in the directory, holes for the file to fall
 * into. */
static void make_mtools_disk(const char *dir, const char *file, uint32_t cluster_sectors, bool with_holes)
{
    char v[64];
    snprintf(v, sizeof v, "%s/disk@@%u", dir, VOLUME_LBA * SECTOR);
    uint32_t num_sectors = 3000 + 66000 * cluster_sectors;
    shell("rm -f %s/disk; truncate -s %uK %s/disk", dir, (VOLUME_LBA + num_sectors + 1) / 2, dir);
    shell("mformat -i %s -F -c %u -h 16 -s 63 -T %u -R %u -d %u -v JANUS ::", v, cluster_sectors, num_sectors,
          8 + cluster_sectors, 1 + cluster_sectors % 2);
    shell("mmd -i %s ::/efi ::/efi/boot", v);
    for (uint32_t i = 0; i < 20 && with_holes; i++)
        shell("mcopy -i %s %s/filler '::/efi/boot/a filler with a long name %u'", v, dir, i);
    for (uint32_t i = 1; i < 20 && with_holes; i += 2)
        shell("mdel -i %s '::/efi/boot/a filler with a long name %u'", v, i);
    /* FSInfo's hint of a free cluster: unknown, so that mtools begins its search below the holes. */
    shell("printf '\\377\\377\\377\\377' | dd of=%s/disk bs=1 seek=%u conv=notrunc status=none", dir,
          (VOLUME_LBA + 1) * SECTOR + 492);
    shell("mcopy -i %s %s ::/efi/boot/bootx64.efi", v, file);
}

static void test_mtools_volumes(void **state)
{
    (void)state;
    char dir[] = "/tmp/test_fat32.XXXXXX";
    char path[64], file[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/disk", dir);
    snprintf(file, sizeof file, "%s/file", dir);
    shell("head -c 1234567 /dev/urandom >%s; head -c 20000 /dev/zero >%s/filler", file, dir);
    for (uint32_t c = 1; c <= 128; c *= 2) {
        for (uint32_t holes = 0; holes < 2; holes++) {
            size_t num_bytes;
            make_mtools_disk(dir, file, c, holes != 0);
            struct disk d = {.bytes = map_file(path, &num_bytes), .last_lba = NO_SECTOR};
            d.num_sectors = (uint32_t)(num_bytes / SECTOR);
            assert_same_bytes(&d, file, holes != 0);
            munmap(d.bytes, num_bytes);
        }
    }
    shell("rm -r %s", dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_geometry),
        cmocka_unit_test(test_runs_are_as_long_as_can_be),
        cmocka_unit_test(test_nothing_is_read_twice),
        cmocka_unit_test(test_long_directory),
        cmocka_unit_test(test_two_names_in_one_pass),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_empty_file),
        cmocka_unit_test(test_unsound_chains),
        cmocka_unit_test(test_every_cycle),
        cmocka_unit_test(test_longer_chain_is_fine),
        cmocka_unit_test(test_unsound_directories),
        cmocka_unit_test(test_active_fat),
        cmocka_unit_test(test_boot_sectors),
        cmocka_unit_test(test_fat_smaller_than_volume),
        cmocka_unit_test(test_read_errors),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_mtools_volumes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
