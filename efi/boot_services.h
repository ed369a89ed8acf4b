/*
 * boot_services.h - the firmware as the UEFI route sees it, until ExitBootServices.
 *
 * Rules of this folder: efi_main and what it calls run at the address the firmware chose, on its stack and
 * page tables; no absolute pointers in initialised data, no SSE, no allocation but in exit_boot_services.c.
 */
#ifndef EFI_BOOT_SERVICES_H
#define EFI_BOOT_SERVICES_H

#include <efi.h>

#include "kernel/boot/boot_info.h"

struct firmware {
    EFI_HANDLE image;
    EFI_SYSTEM_TABLE *system;
    EFI_BOOT_SERVICES *boot;
    EFI_LOADED_IMAGE *loaded_image;       /* null if the firmware does not say */
    EFI_SHELL_PARAMETERS_PROTOCOL *shell; /* null unless a shell started the image; set by gather_loader() */
    /* Null unless a loader that left boot services alive entered us: image and loaded image are its own, and
     * this is its command line, 0-terminated. */
    const char *loader_words;
};

/* firmware_console.c: says `what` on the firmware's console, with the name of `status`. Hands `status` back.
 */
EFI_STATUS firmware_report(const struct firmware *firmware, CHAR16 *what, EFI_STATUS status);

/* boot_volume.c: asks for our own Loaded Image protocol; says so if there is none. */
void gather_loaded_image(struct firmware *firmware);

/* boot_volume.c: opens a file on the volume that we came from, to be read; EFI_NO_MEDIA if from none. */
EFI_STATUS open_on_boot_volume(const struct firmware *firmware, CHAR16 *name, EFI_FILE **file);

/* secure_boot.c: asks for the variables SecureBoot and SetupMode. */
enum secure_boot gather_secure_boot(const struct firmware *firmware);

/* graphics.c: finds the framebuffer behind the firmware's console. Without one, display.kind stays
 * DISPLAY_NONE. */
void gather_display(const struct firmware *firmware, struct display *display);

/*
 * loader_name.c: who started the image: "firmware boot manager", "UEFI shell", "QEMU -kernel", "iPXE",
 * "firmware" for any other part of it, or the file of another loader as the firmware has it, with what the
 * variable LoaderInfo says. Empty if nobody tells.
 */
void gather_loader(struct firmware *firmware, struct boot_info *info);

/*
 * command_line.c: the words of \janus.cfg on the boot volume, then those of the loader, the arguments a shell
 * was given, or else the load options. The name of the image, which a shell and iPXE put in front, is not a
 * word.
 */
void gather_command_line(const struct firmware *firmware, struct boot_info *info);

/* The memory map that boot services were left with. */
struct efi_map {
    EFI_MEMORY_DESCRIPTOR *descriptors; /* descriptor_size apart */
    UINTN room_bytes;                   /* of the memory at `descriptors` */
    UINTN size_bytes;
    UINTN descriptor_size;
    UINT32 descriptor_version;
    UINT32 num_tries; /* of ExitBootServices */
    UINTN key;
};

/*
 * exit_boot_services.c: takes the memory map into the `room_bytes` at `descriptors`, or into memory it
 * allocates in their place if the map is larger, and leaves boot services. EFI_SUCCESS: they are gone,
 * interrupts are off. Otherwise they are still there, in part if the serial port says so; what was allocated
 * is free again and the status is the firmware's.
 */
EFI_STATUS leave_boot_services(const struct firmware *firmware, struct efi_map *map);

#endif
