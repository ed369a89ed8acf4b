/*
 * efi_entry.h - the UEFI route's door for a loader that was a UEFI application and left boot services alive.
 *
 * Such a loader tells in its own protocol what the firmware tells its applications. legacy/ reads the
 * protocol, efi/ goes on with the firmware; this is all they know of each other.
 */
#ifndef KERNEL_EFI_ENTRY_H
#define KERNEL_EFI_ENTRY_H

#include <stdint.h>

/*
 * Goes on as efi_main does, with the loader's image handle, which is ours from now on, and the address of a
 * 64-bit firmware's system table. boot_info has been begun and holds the loader's name, its command line and
 * remarks. Ends in handoff(); what fails before that is told to the firmware by its Exit service.
 */
_Noreturn void efi_enter(uint64_t image_handle, uint64_t system_table);

#endif
