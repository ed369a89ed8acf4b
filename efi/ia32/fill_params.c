/*
 * fill_params.c - what a loader tells in boot_params (Linux zero-page.rst and boot.rst).
 */
#include "efi/ia32/ia32.h"
#include "legacy/boot_params.h"
#include "legacy/setup_data.h"

#define LOADER_UNREGISTERED 0xff
#define VIDEO_TYPE_EFI      0x70
#define VIDEO_64BIT_BASE    2
#define MAX_PITCH_BYTES     0xffff

/* The time stamp of our first instruction, where the loader on the disk puts its own. */
static struct {
    struct setup_data head;
    uint64_t tsc;
} node;

static void put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *p, uint32_t value)
{
    put16(p, value);
    put16(p + 2, value >> 16);
}

static void put_loader(uint8_t *boot_params, const struct boot_info *info)
{
    node.head.type = SETUP_JANUS_LOADER;
    node.head.len = sizeof node.tsc;
    node.tsc = info->timeline[BOOT_STEP_LOADER];
    boot_params[BP_TYPE_OF_LOADER] = LOADER_UNREGISTERED;
    boot_params[BP_EXT_LOADER_VER] = BP_IA32_LOADER_VER;
    put32(boot_params + BP_SETUP_DATA, (uint32_t)(uintptr_t)&node);
    put32(boot_params + BP_CMD_LINE_PTR, (uint32_t)(uintptr_t)info->cmdline);
    if (info->secure_boot != SECURE_BOOT_NOT_TOLD)
        boot_params[BP_SECURE_BOOT] =
            info->secure_boot == SECURE_BOOT_ON ? BP_SECURE_BOOT_ON : BP_SECURE_BOOT_OFF;
}

/* Number and position of the bits of a mask, as two bytes. */
static void put_mask(uint8_t *p, uint32_t mask)
{
    for (uint8_t bit = 0; bit < 32; bit++) {
        if ((mask >> bit & 1) == 0)
            continue;
        if (p[0]++ == 0)
            p[1] = bit;
    }
}

/* A row of pixels that is too long for its field: no display is told. */
static void put_display(uint8_t *boot_params, const struct display *display)
{
    if (display->kind == DISPLAY_NONE || display->pitch_bytes > MAX_PITCH_BYTES)
        return;
    boot_params[BP_VIDEO_IS_VGA] = VIDEO_TYPE_EFI;
    put16(boot_params + BP_LFB_WIDTH, display->width);
    put16(boot_params + BP_LFB_HEIGHT, display->height);
    put16(boot_params + BP_LFB_DEPTH, display->bits_per_pixel);
    put16(boot_params + BP_LFB_PITCH, display->pitch_bytes);
    put32(boot_params + BP_LFB_BASE, (uint32_t)display->paddr);
    put32(boot_params + BP_LFB_BASE_HIGH, (uint32_t)(display->paddr >> 32));
    put32(boot_params + BP_VIDEO_CAPABILITIES, VIDEO_64BIT_BASE);
    put_mask(boot_params + BP_LFB_MASKS, display->red_mask);
    put_mask(boot_params + BP_LFB_MASKS + 2, display->green_mask);
    put_mask(boot_params + BP_LFB_MASKS + 4, display->blue_mask);
}

static void put_firmware(uint8_t *boot_params, const EFI_SYSTEM_TABLE *system, const struct efi_map *map)
{
    put32(boot_params + BP_EFI_SIGNATURE, BP_EFI_SIGNATURE_32);
    put32(boot_params + BP_EFI_SYSTAB, (uint32_t)(uintptr_t)system);
    put32(boot_params + BP_EFI_MEMDESC_BYTES, map->descriptor_size);
    put32(boot_params + BP_EFI_MEMDESC_VER, map->descriptor_version);
    put32(boot_params + BP_EFI_MEMMAP, (uint32_t)(uintptr_t)map->descriptors);
    put32(boot_params + BP_EFI_MEMMAP_BYTES, map->size_bytes);
}

void fill_params(uint8_t *boot_params, const struct boot_info *info, const EFI_SYSTEM_TABLE *system,
                 const struct efi_map *map)
{
    put_loader(boot_params, info);
    put_display(boot_params, &info->display);
    put_firmware(boot_params, system, map);
}
