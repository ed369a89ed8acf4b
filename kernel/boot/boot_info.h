/*
 * boot_info.h - what the kernel is told about the machine, whatever route started it.
 *
 * Exactly one route fills exactly one struct boot_info: efi/ where the firmware's boot services are alive,
 * legacy/ on everything that enters with what a loader has gathered: boot_params or Multiboot information. It
 * holds copies and physical addresses only, and is const once handed over. Every field says what its absence
 * means; 0 is always "not told".
 */
#ifndef KERNEL_BOOT_INFO_H
#define KERNEL_BOOT_INFO_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/memory/memory_map.h"

#define BOOT_INFO_MAGIC   0x73756e614au /* "Janus" */
#define BOOT_INFO_VERSION 1u

/* The firmware under us. A loader need not tell it. */
enum boot_route {
    BOOT_ROUTE_NOT_TOLD = 0,
    BOOT_ROUTE_UEFI,
    BOOT_ROUTE_BIOS,
};

/* The door we came in by. */
enum boot_entry {
    BOOT_ENTRY_UEFI_APPLICATION = 1,
    BOOT_ENTRY_LINUX_16, /* Linux boot protocol: the 16-bit, 32-bit and 64-bit entry */
    BOOT_ENTRY_LINUX_32,
    BOOT_ENTRY_LINUX_64,
    BOOT_ENTRY_MULTIBOOT1,
    BOOT_ENTRY_MULTIBOOT2,
    BOOT_ENTRY_LINUX_EFI, /* doors that leave boot services alive: EFI handover, and Multiboot 2's EFI entry
                           */
    BOOT_ENTRY_MULTIBOOT2_EFI,
};

enum display_kind {
    DISPLAY_NONE = 0,    /* nothing to print on: serial only */
    DISPLAY_VGA_TEXT,    /* 80x25 cells at 0xb8000 */
    DISPLAY_FRAMEBUFFER, /* linear, 32 bits per pixel or fewer, see masks */
};

struct display {
    uint32_t kind;           /* enum display_kind */
    uint32_t width;          /* pixels; columns for VGA text */
    uint32_t height;         /* pixels; rows for VGA text */
    uint32_t pitch_bytes;    /* from one row of pixels to the next */
    uint32_t bits_per_pixel; /* 16, 24 or 32; 0 for VGA text */
    uint32_t red_mask, green_mask, blue_mask;
    uint64_t paddr;
    uint64_t size_bytes; /* pitch_bytes * height at least; 0 for VGA text */
};

/* Whether the firmware starts signed files only. */
enum secure_boot {
    SECURE_BOOT_NOT_TOLD = 0,
    SECURE_BOOT_OFF, /* or unknown to the firmware */
    SECURE_BOOT_ON,
    SECURE_BOOT_SETUP_MODE, /* off, because no platform key has been enrolled */
};

/* The map as it was told, byte for byte: the evidence, never the working copy. */
enum raw_map_kind {
    RAW_MAP_NONE = 0,
    RAW_MAP_E820,      /* 24-byte records: base, length, type, attributes (ACPI 6.5, 15.1) */
    RAW_MAP_EFI,       /* EFI_MEMORY_DESCRIPTOR, stepped by descriptor_size (UEFI 2.10, 7.2.3) */
    RAW_MAP_MULTIBOOT, /* 24-byte records: base, length, type, 0 (Multiboot2 2.0, 3.6.8) */
    RAW_MAP_SIZES,     /* the same, made of mem_lower and mem_upper, all that the loader told */
};

struct raw_map {
    uint32_t kind; /* enum raw_map_kind */
    uint32_t num_entries;
    uint32_t entry_size_bytes;
    uint32_t num_dropped; /* entries that were told and the buffer had no room for */
    uint64_t paddr;       /* of the first entry */
};

enum boot_step {
    BOOT_STEP_LOADER,  /* first instruction of our own disk loader; 0 when another loader started us */
    BOOT_STEP_ENTRY,   /* first instruction of the file itself */
    BOOT_STEP_MAP,     /* memory map in hand; on UEFI: boot services left */
    BOOT_STEP_HANDOFF, /* final page tables built */
    BOOT_STEP_KERNEL,  /* kernel_main entered */
    BOOT_STEP_BANNER,  /* first line printed */
    BOOT_STEP_REPORT,  /* report complete */
    BOOT_NUM_STEPS
};

#define BOOT_NAME_BYTES    64
#define BOOT_LOADER_BYTES  128
#define BOOT_CMDLINE_BYTES 1024
#define BOOT_REMARKS_BYTES 256

#define BOOT_NUM_SERIAL_PORTS 4

struct boot_info {
    uint64_t magic;   /* BOOT_INFO_MAGIC */
    uint32_t version; /* BOOT_INFO_VERSION */
    uint32_t size_bytes;

    uint32_t route;                        /* enum boot_route; for messages, never for decisions */
    uint32_t entry;                        /* enum boot_entry; for messages, never for decisions */
    uint32_t firmware_revision;            /* UEFI FirmwareRevision; 0: not told */
    uint32_t uefi_revision;                /* UEFI specification, major << 16 | minor; 0: not UEFI */
    uint32_t uefi_bits;                    /* width of the firmware's pointers, 32 or 64; 0: not UEFI */
    uint32_t secure_boot;                  /* enum secure_boot */
    uint32_t exit_boot_services_tries;     /* 0: not UEFI, or a loader did it */
    char loader[BOOT_LOADER_BYTES];        /* UTF-8, 0-terminated; empty: not told */
    char firmware_vendor[BOOT_NAME_BYTES]; /* UTF-8, 0-terminated; empty: not told */
    char cmdline[BOOT_CMDLINE_BYTES];      /* UTF-8, 0-terminated; empty: none */
    char remarks[BOOT_REMARKS_BYTES];      /* what the loader told badly or not at all; empty: nothing */

    struct display display;

    struct raw_map raw_map;

    uint64_t rsdp_paddr;       /* 0: not told */
    uint64_t smbios_paddr;     /* entry point structure; 0: not told */
    uint64_t efi_system_table; /* 0: not UEFI */

    /* Where a PC BIOS leaves the anchors of its tables (ACPI 6.5, 5.2.5.1); 0: do not search. */
    uint64_t bios_rom_paddr, bios_rom_bytes;
    uint64_t ebda_paddr, ebda_bytes;

    uint16_t serial_ports[BOOT_NUM_SERIAL_PORTS]; /* I/O, as the BIOS data area has them; 0: none, not told */

    uint64_t image_paddr; /* of relative address 0; the header page itself need not be in memory */
    uint64_t image_bytes; /* from relative address 0 to the end of the image, .bss included */

    uint64_t timeline[BOOT_NUM_STEPS]; /* TSC, by enum boot_step; 0: did not happen */

    struct memory_map memory_map; /* normalised; last, because it is large */
};

/* The one boot_info, in memory that no loader clears: boot_info_begin() makes it empty. */
extern struct boot_info boot_info;

/* Room for the firmware's own map, and for the work of normalising it. */
#define RAW_MAP_BYTES (MEMORY_MAP_MAX_ENTRIES * 48)
extern uint8_t raw_map_buffer[RAW_MAP_BYTES];
extern struct memory_map_work memory_map_work;

/* Empties boot_info, sets magic, version, size and entry, and begins the memory map. Before the handoff. */
void boot_info_begin(enum boot_entry entry);

#endif
