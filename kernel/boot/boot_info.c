/*
 * boot_info.c - the storage that the routes fill before the handoff.
 */
#include "kernel/boot/boot_info.h"

#include "kernel/boot/section.h"
#include "kernel/lib/string.h"

NOINIT struct boot_info boot_info;
NOINIT uint8_t raw_map_buffer[RAW_MAP_BYTES] __attribute__((aligned(8)));
NOINIT struct memory_map_work memory_map_work;

void boot_info_begin(enum boot_entry entry)
{
    memset(&boot_info, 0, offsetof(struct boot_info, memory_map));
    boot_info.magic = BOOT_INFO_MAGIC;
    boot_info.version = BOOT_INFO_VERSION;
    boot_info.size_bytes = sizeof boot_info;
    boot_info.entry = entry;
    memory_map_begin(&boot_info.memory_map, &memory_map_work);
}
