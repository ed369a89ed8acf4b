/*
 * multiboot.c - reading what a Multiboot 1 loader tells.
 */
#include "legacy/multiboot.h"

#define FLAG_MEMORY      (1u << 0)
#define FLAG_CMDLINE     (1u << 2)
#define FLAG_MAP         (1u << 6)
#define FLAG_LOADER      (1u << 9)
#define FLAG_FRAMEBUFFER (1u << 12)

#define OFFSET_FLAGS       0
#define OFFSET_LOWER       4
#define OFFSET_UPPER       8
#define OFFSET_CMDLINE     16
#define OFFSET_MAP_BYTES   44
#define OFFSET_MAP         48
#define OFFSET_LOADER      64
#define OFFSET_FRAMEBUFFER 88
#define FRAMEBUFFER_BYTES  30
#define COLOR_AT           22 /* behind OFFSET_FRAMEBUFFER */
#define COLOR_AT_ALIGNED   24
#define COLOR_BYTES        6

#define ENTRY_MIN_BYTES 20 /* base, length, type */
#define ENTRY_MAX_BYTES 4096
#define MAP_MAX_BYTES   (1u << 20)

/* From the address on. */
#define DISPLAY_PITCH  8
#define DISPLAY_WIDTH  12
#define DISPLAY_HEIGHT 16
#define DISPLAY_BITS   20
#define DISPLAY_TYPE   21
#define TYPE_PALETTE   0
#define TYPE_RGB       1
#define TYPE_EGA_TEXT  2
#define MAX_SIDE       65535u /* pixels */
#define MAX_PITCH      (MAX_SIDE * 4)
#define VGA_TEXT_PADDR 0xb8000u

/*
 * Where the colour fields begin: straight behind the type by the specification's text; two bytes further on
 * by its example code, whose compiler aligns them, and so in GRUB. The size of red is not 0, the gap is.
 */
/*@ requires span_ok(framebuffer);
    assigns \nothing;
    ensures \result <= 24; */
static size_t find_color(struct span framebuffer)
{
    return span_u8(framebuffer, COLOR_AT + 1) != 0 ? COLOR_AT : COLOR_AT_ALIGNED;
}

void multiboot_read(struct span bytes, struct multiboot *multiboot)
{
    uint32_t flags = span_u32(bytes, OFFSET_FLAGS);

    multiboot->lower_kib = flags & FLAG_MEMORY ? span_u32(bytes, OFFSET_LOWER) : 0;
    multiboot->upper_kib = flags & FLAG_MEMORY ? span_u32(bytes, OFFSET_UPPER) : 0;
    multiboot->cmdline_paddr = flags & FLAG_CMDLINE ? span_u32(bytes, OFFSET_CMDLINE) : 0;
    multiboot->loader_paddr = flags & FLAG_LOADER ? span_u32(bytes, OFFSET_LOADER) : 0;
    multiboot->map_paddr = flags & FLAG_MAP ? span_u32(bytes, OFFSET_MAP) : 0;
    multiboot->map_bytes = flags & FLAG_MAP ? span_u32(bytes, OFFSET_MAP_BYTES) : 0;
    multiboot->framebuffer =
        span_sub(bytes, OFFSET_FRAMEBUFFER, flags & FLAG_FRAMEBUFFER ? FRAMEBUFFER_BYTES : 0);
    multiboot->color_at = find_color(multiboot->framebuffer);
}

struct span multiboot_map_entry(struct span map, size_t at)
{
    uint32_t size = span_u32(map, at);

    if (size < ENTRY_MIN_BYTES || size > ENTRY_MAX_BYTES || at > map.n - 4)
        return span_sub(map, 0, 0);
    return span_sub(map, at + 4, size);
}

/* `size` bits at `position`; 0 if that cannot be. */
/*@ requires span_ok(bytes) && at <= 1000;
    assigns \nothing; */
static uint32_t mask(struct span bytes, size_t at)
{
    uint32_t position = span_u8(bytes, at), size = span_u8(bytes, at + 1);

    return size > 16 || position > 31 ? 0 : ((1u << size) - 1) << position;
}

/* Sizes in a range in which nothing of what follows overflows. */
/*@ requires span_ok(bytes);
    assigns \nothing; */
static bool is_possible(struct span bytes)
{
    uint64_t paddr = span_u64(bytes, 0);
    uint32_t pitch = span_u32(bytes, DISPLAY_PITCH);
    uint32_t width = span_u32(bytes, DISPLAY_WIDTH), height = span_u32(bytes, DISPLAY_HEIGHT);

    return paddr > 0 && paddr < MEMORY_MAP_LIMIT / 2 && pitch > 0 && pitch <= MAX_PITCH && width > 0 &&
           width <= MAX_SIDE && height > 0 && height <= MAX_SIDE;
}

/*@ requires span_ok(bytes) && \valid(display);
    assigns *display; */
static void take_place(struct span bytes, uint32_t kind, struct display *display)
{
    display->kind = kind;
    display->paddr = span_u64(bytes, 0);
    display->width = span_u32(bytes, DISPLAY_WIDTH);
    display->height = span_u32(bytes, DISPLAY_HEIGHT);
}

/*@ requires span_ok(bytes) && \valid(display);
    assigns *display; */
static enum multiboot_display_error take_text(struct span bytes, struct display *display)
{
    if (span_u64(bytes, 0) != VGA_TEXT_PADDR)
        return MULTIBOOT_DISPLAY_MALFORMED;
    take_place(bytes, DISPLAY_VGA_TEXT, display);
    return MULTIBOOT_DISPLAY_OK;
}

/*@ requires span_ok(bytes) && color_at <= 64 && \valid(display);
    assigns *display; */
static enum multiboot_display_error take_pixels(struct span bytes, size_t color_at, struct display *display)
{
    uint32_t bits = span_u8(bytes, DISPLAY_BITS);

    if (bytes.n < color_at + COLOR_BYTES)
        return MULTIBOOT_DISPLAY_MALFORMED;
    take_place(bytes, DISPLAY_FRAMEBUFFER, display);
    display->pitch_bytes = span_u32(bytes, DISPLAY_PITCH);
    display->size_bytes = (uint64_t)display->pitch_bytes * display->height;
    display->bits_per_pixel = bits == 15 ? 16 : bits;
    display->red_mask = mask(bytes, color_at);
    display->green_mask = mask(bytes, color_at + 2);
    display->blue_mask = mask(bytes, color_at + 4);
    return MULTIBOOT_DISPLAY_OK;
}

enum multiboot_display_error multiboot_display(struct span bytes, size_t color_at, struct display *display)
{
    if (bytes.n <= DISPLAY_TYPE || !is_possible(bytes))
        return MULTIBOOT_DISPLAY_MALFORMED;
    switch (span_u8(bytes, DISPLAY_TYPE)) {
    case TYPE_PALETTE:
        return MULTIBOOT_DISPLAY_PALETTE;
    case TYPE_RGB:
        return take_pixels(bytes, color_at, display);
    case TYPE_EGA_TEXT:
        return take_text(bytes, display);
    default:
        return MULTIBOOT_DISPLAY_UNKNOWN;
    }
}

void multiboot_take_display(const struct reader *r, struct span bytes, size_t color_at)
{
    switch (multiboot_display(bytes, color_at, &r->info->display)) {
    case MULTIBOOT_DISPLAY_OK:
        break;
    case MULTIBOOT_DISPLAY_PALETTE:
        reader_remark(r, "framebuffer", "with a palette");
        break;
    case MULTIBOOT_DISPLAY_UNKNOWN:
        reader_remark(r, "framebuffer", "of unknown type");
        break;
    default:
        reader_remark(r, "framebuffer", "malformed");
        break;
    }
}

static void take_map(const struct reader *r, const struct multiboot *multiboot)
{
    bool is_too_long = multiboot->map_bytes > MAP_MAX_BYTES;
    struct span map = r->memory(multiboot->map_paddr, is_too_long ? 0 : multiboot->map_bytes);
    size_t at = 0;

    reader_map_begin(r, RAW_MAP_MULTIBOOT);
    for (struct span entry; (entry = multiboot_map_entry(map, at)).n > 0; at += 4 + entry.n)
        reader_map_entry(r, entry, true);
    if (at < map.n || map.n == 0)
        reader_remark(r, "memory map", "malformed");
    if (r->info->raw_map.num_entries == 0)
        r->info->raw_map.kind = RAW_MAP_NONE;
}

void multiboot_take(const struct reader *r, uint64_t paddr)
{
    struct span bytes = r->memory(paddr, MULTIBOOT_INFO_BYTES);
    struct boot_info *info = r->info;
    struct multiboot multiboot;

    if (bytes.n == 0)
        reader_remark(r, "Multiboot information", "unreadable");
    multiboot_read(bytes, &multiboot);
    if (multiboot.cmdline_paddr != 0)
        reader_text(r, info->cmdline, BOOT_CMDLINE_BYTES,
                    r->memory(multiboot.cmdline_paddr, BOOT_CMDLINE_BYTES), "command line");
    if (multiboot.loader_paddr != 0)
        reader_text(r, info->loader, BOOT_LOADER_BYTES, r->memory(multiboot.loader_paddr, BOOT_LOADER_BYTES),
                    "loader's name");
    if (multiboot.map_paddr != 0)
        take_map(r, &multiboot);
    if (info->raw_map.kind == RAW_MAP_NONE && multiboot.upper_kib != 0)
        reader_map_sizes(r, multiboot.lower_kib, multiboot.upper_kib);
    if (multiboot.framebuffer.n != 0)
        multiboot_take_display(r, multiboot.framebuffer, multiboot.color_at);
}
