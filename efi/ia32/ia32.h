/*
 * ia32.h - BOOTIA32.EFI: a loader of the Linux boot protocol that runs on 32-bit UEFI.
 *
 * Rules: those of boot_services.h. Whatever fails is said on the firmware's console, what was allocated is
 * freed, and the status goes back to the firmware.
 */
#ifndef EFI_IA32_H
#define EFI_IA32_H

#include <stdbool.h>

#include "efi/boot_services.h"
#include "kernel/lib/span.h"

#define FILE_NAME L"\\EFI\\BOOT\\BOOTX64.EFI"

/* Memory of type EfiLoaderData below 4 GiB. */
struct pages {
    EFI_PHYSICAL_ADDRESS paddr; /* 0: none */
    UINTN num;
};

/* load_file.c: allocates pages for `size_bytes`; if there are none, says so with the words of `what`. */
EFI_STATUS pages_allocate(const struct firmware *firmware, CHAR16 *what, UINT64 size_bytes,
                          struct pages *pages);

/* load_file.c: gives `pages` back, if there are any. */
void pages_free(const struct firmware *firmware, struct pages *pages);

/*
 * load_file.c: reads FILE_NAME from the boot volume into `pages`; `file` then spans its bytes. If it must be
 * authentic, the firmware is asked, as it asks itself for every file it starts with Secure Boot on.
 */
EFI_STATUS load_file(const struct firmware *firmware, bool must_be_authentic, struct pages *pages,
                     struct span *file);

/*
 * place_kernel.c: takes the protected-mode part of `file` to `pages` of its own, as large as it says it
 * needs. Begins `boot_params`, BOOT_PARAMS_BYTES of zeros, with the file's setup header.
 */
EFI_STATUS place_kernel(const struct firmware *firmware, struct span file, struct pages *pages,
                        uint8_t *boot_params);

/*
 * fill_params.c: tells in `boot_params` the loader, command line, display, Secure Boot and first time stamp
 * of `info`, and the firmware. The map and the command line stay where they are. Calls no firmware.
 */
void fill_params(uint8_t *boot_params, const struct boot_info *info, const EFI_SYSTEM_TABLE *system,
                 const struct efi_map *map);

/* enter_file.S */
_Noreturn void enter_file(uint32_t entry_paddr, const uint8_t *boot_params);

#endif
