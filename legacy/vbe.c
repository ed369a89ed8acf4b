/*
 * vbe.c - a linear framebuffer from the BIOS (VESA BIOS Extension 3.0, chapter 4).
 */
#include "legacy/vbe.h"

#include "kernel/boot/section.h"
#include "legacy/asm16.h"
#include "legacy/bios.h"
#include "legacy/boot_params.h"

#define VBE_OK          0x004f
#define MAX_MODES       512
#define MAX_WIDTH       1920
#define MAX_HEIGHT      1200
#define SET_LINEAR      0x4000
#define END_OF_MODES    0xffff
#define SIGNATURE       0x32454256 /* "VBE2": asks for version 2 or later */
#define NEEDED          0x0099     /* supported, colour, graphics, linear framebuffer */
#define MODEL_DIRECT    6
#define VIDEO_TYPE_VLFB 0x23

struct vbe_info {
    uint32_t signature;
    uint8_t version_to_capabilities[10];
    uint16_t modes_offset, modes_segment;
    uint8_t rest[512 - 18];
} __attribute__((packed));

struct vbe_mode {
    uint16_t attributes;
    uint8_t windows[14];
    uint16_t pitch_bytes, width, height;
    uint8_t cell_width, cell_height, num_planes, bits, num_banks, model, bank_size, num_pages, reserved;
    uint8_t masks[8]; /* size and position of red, green, blue, reserved */
    uint8_t direct_color;
    uint32_t base;
    uint8_t rest[256 - 44];
} __attribute__((packed));

_Static_assert(sizeof(struct vbe_info) == 512, "VBE 3.0, function 00h");
_Static_assert(sizeof(struct vbe_mode) == 256 && offsetof(struct vbe_mode, base) == 0x28,
               "VBE 3.0, function 01h");

NOINIT static struct vbe_info info;
NOINIT static struct vbe_mode mode;

static bool vbe_call(uint16_t function, uint16_t bx, uint16_t cx, void *buffer)
{
    struct bios_regs r = {.eax = function, .ebx = bx, .ecx = cx, .edi = (uint32_t)(uintptr_t)buffer};

    r.es = own_segment();
    bios_int(0x10, &r);
    return (r.eax & 0xffff) == VBE_OK;
}

/* Takes the description of a mode; nothing it has, if the BIOS has none. */
static void read_mode(uint16_t number)
{
    if (!vbe_call(0x4f01, 0, number, &mode))
        mode.attributes = 0;
}

/* Pixels of the mode if it will do; else 0. */
static uint32_t mode_area(void)
{
    if ((mode.attributes & NEEDED) != NEEDED || mode.model != MODEL_DIRECT || mode.bits < 16 ||
        mode.base == 0 || mode.width > MAX_WIDTH || mode.height > MAX_HEIGHT)
        return 0;
    return (uint32_t)mode.width * mode.height;
}

/* The mode with most pixels, of those the one with most bits; END_OF_MODES if there is none. */
static uint16_t best_mode(void)
{
    uint16_t best = END_OF_MODES;
    uint32_t best_area = 0;
    uint8_t best_bits = 0;

    for (uint16_t i = 0; i < MAX_MODES; i++) {
        uint16_t number = (uint16_t)far_read(info.modes_segment, (uint16_t)(info.modes_offset + 2 * i));
        if (number == END_OF_MODES)
            break;
        read_mode(number);
        uint32_t area = mode_area();
        if (area > best_area || (area != 0 && area == best_area && mode.bits > best_bits)) {
            best = number;
            best_area = area;
            best_bits = mode.bits;
        }
    }
    return best;
}

/* Copies `n` bytes into screen_info. */
static void put(uint8_t *to, const void *from, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        to[i] = ((const uint8_t *)from)[i];
}

static void describe(uint8_t *boot_params)
{
    boot_params[BP_VIDEO_IS_VGA] = VIDEO_TYPE_VLFB;
    boot_params[BP_LFB_DEPTH] = mode.bits;
    put(boot_params + BP_LFB_WIDTH, &mode.width, 4);
    put(boot_params + BP_LFB_BASE, &mode.base, 4);
    put(boot_params + BP_LFB_PITCH, &mode.pitch_bytes, 2);
    put(boot_params + BP_LFB_MASKS, mode.masks, 6);
}

bool vbe_set_framebuffer(uint8_t *boot_params)
{
    info.signature = SIGNATURE;
    if (!vbe_call(0x4f00, 0, 0, &info))
        return false;
    uint16_t number = best_mode();
    read_mode(number);
    if (number == END_OF_MODES || !vbe_call(0x4f02, number | SET_LINEAR, 0, &info))
        return false;
    describe(boot_params);
    return true;
}
