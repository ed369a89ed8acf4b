/*
 * image.c - a Linux-boot-protocol image, see image.h. Pure C: real mode and host alike.
 */
#include "legacy/image.h"

#include "legacy/boot_params.h"
#include "legacy/realmode.h"

/* Fields that only a loader looks at (boot.rst, "The Real-Mode Kernel Header"); the others: boot_params.h. */
#define SETUP_SECTS   0x1f1 /* u8: sectors of the real-mode part behind the first; 0 means 4 */
#define SYSSIZE       0x1f4 /* u32: protected-mode part in units of 16 bytes */
#define VID_MODE      0x1fa /* u16 */
#define BOOT_FLAG     0x1fe /* u16 */
#define HEADER_MAGIC  0x202 /* u32: "HdrS" */
#define VERSION       0x206 /* u16 */
#define RAMDISK_IMAGE 0x218 /* u32 */
#define RAMDISK_SIZE  0x21c /* u32 */
#define CMDLINE_SIZE  0x238 /* u32: longest command line, without its 0; since 2.06 */
#define INIT_SIZE     0x260 /* u32: memory needed, bytes; since 2.10 */

#define BOOT_FLAG_AA55      0xaa55
#define HEADER_MAGIC_HDRS   0x53726448
#define LOADED_HIGH         0x01 /* in loadflags */
#define VID_MODE_NORMAL     0xffff
#define LOADER_UNREGISTERED 0xff
#define HEAP_END_BIAS       0x200 /* heap_end_ptr is told short of this */

#define VERSION_WITH_CMDLINE_SIZE 0x0206
#define VERSION_WITH_SETUP_DATA   0x0209
#define VERSION_WITH_INIT_SIZE    0x020a

#define DEFAULT_SETUP_SECTS 4
#define SYSSIZE_UNIT        16u
#define MAX_SYSSIZE         (0x40000000u / SYSSIZE_UNIT)

_Static_assert(INIT_SIZE + 4 <= IMAGE_HEADER_BYTES, "the header lies in the bytes read for it");

bool image_read_header(struct span header, struct image *image)
{
    uint32_t setup_sects = span_u8(header, SETUP_SECTS);
    uint32_t syssize = span_u32(header, SYSSIZE);
    image->version = span_u16(header, VERSION);
    image->setup_bytes = ((setup_sects != 0 ? setup_sects : DEFAULT_SETUP_SECTS) + 1) * SECTOR_BYTES;
    image->cmdline_bytes = CMDLINE_BYTES;

    if (span_u16(header, BOOT_FLAG) != BOOT_FLAG_AA55)
        return false;
    if (span_u32(header, HEADER_MAGIC) != HEADER_MAGIC_HDRS || image->version < VERSION_WITH_CMDLINE_SIZE)
        return false;
    if ((span_u8(header, BP_LOADFLAGS) & LOADED_HIGH) == 0 || image->setup_bytes > SETUP_MAX_BYTES)
        return false;
    if (syssize == 0 || syssize > MAX_SYSSIZE)
        return false;

    image->protected_bytes = syssize * SYSSIZE_UNIT;
    image->memory_bytes = image->protected_bytes;
    if (image->version >= VERSION_WITH_INIT_SIZE && span_u32(header, INIT_SIZE) > image->memory_bytes)
        image->memory_bytes = span_u32(header, INIT_SIZE);
    if (span_u32(header, CMDLINE_SIZE) < CMDLINE_BYTES)
        image->cmdline_bytes = span_u32(header, CMDLINE_SIZE) + 1;
    return true;
}

bool image_is_complete(const struct image *image, uint32_t file_bytes)
{
    if (file_bytes < image->setup_bytes)
        return false;
    return (file_bytes - image->setup_bytes + SYSSIZE_UNIT - 1) / SYSSIZE_UNIT >=
           image->protected_bytes / SYSSIZE_UNIT;
}

static void put_u16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static void put_u32(uint8_t *p, uint32_t value)
{
    put_u16(p, value);
    put_u16(p + 2, value >> 16);
}

void image_write_header(uint8_t *header, const struct image *image)
{
    header[BP_TYPE_OF_LOADER] = LOADER_UNREGISTERED;
    header[BP_EXT_LOADER_VER] = BP_OUR_LOADER_VER;
    header[BP_EXT_LOADER_TYPE] = 0;
    header[BP_LOADFLAGS] |= BP_CAN_USE_HEAP;
    put_u16(header + BP_HEAP_END_PTR, SETUP_STACK_TOP - HEAP_END_BIAS);
    put_u16(header + VID_MODE, VID_MODE_NORMAL);
    put_u32(header + BP_CMD_LINE_PTR, CMDLINE_PADDR);
    put_u32(header + BP_CODE32_START, PROTECTED_PADDR);
    put_u32(header + RAMDISK_IMAGE, 0);
    put_u32(header + RAMDISK_SIZE, 0);
    if (image->version < VERSION_WITH_SETUP_DATA)
        return;
    put_u32(header + BP_SETUP_DATA, SETUP_DATA_PADDR);
    put_u32(header + BP_SETUP_DATA + 4, 0);
}
