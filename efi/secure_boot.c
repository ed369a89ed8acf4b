/*
 * secure_boot.c - whether the firmware starts signed files only (UEFI 2.10, 3.3 and 32.3).
 */
#include "efi/boot_services.h"

/* A variable of one byte that the firmware keeps; its byte, or the status, which says why there is none. */
static EFI_STATUS read_flag(const struct firmware *firmware, CHAR16 *name, UINT8 *flag)
{
    EFI_GUID guid = EFI_GLOBAL_VARIABLE;
    UINTN size = sizeof *flag;

    return firmware->system->RuntimeServices->GetVariable(name, &guid, NULL, &size, flag);
}

/* Firmware that cannot do it has no such variable. SetupMode is asked for only where it makes a difference.
 */
enum secure_boot gather_secure_boot(const struct firmware *firmware)
{
    UINT8 is_on = 0, is_setup_mode = 0;
    EFI_STATUS status = read_flag(firmware, L"SecureBoot", &is_on);

    if (status == EFI_NOT_FOUND)
        return SECURE_BOOT_OFF;
    if (EFI_ERROR(status))
        return SECURE_BOOT_NOT_TOLD;
    if (is_on == 1)
        return SECURE_BOOT_ON;
    status = read_flag(firmware, L"SetupMode", &is_setup_mode);
    return !EFI_ERROR(status) && is_setup_mode == 1 ? SECURE_BOOT_SETUP_MODE : SECURE_BOOT_OFF;
}
