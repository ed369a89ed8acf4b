/*
 * firmware_console.c - saying what failed while the firmware still has the console (UEFI 2.10, 12.4).
 */
#include "efi/boot_services.h"

/* UEFI 2.10, appendix D, without EFI_. A switch, not a table: no pointers in initialised data. */
static CHAR16 *status_name(EFI_STATUS status)
{
    switch (status) {
    case EFI_SUCCESS:
        return L"SUCCESS";
    case EFI_LOAD_ERROR:
        return L"LOAD_ERROR";
    case EFI_INVALID_PARAMETER:
        return L"INVALID_PARAMETER";
    case EFI_UNSUPPORTED:
        return L"UNSUPPORTED";
    case EFI_BAD_BUFFER_SIZE:
        return L"BAD_BUFFER_SIZE";
    case EFI_BUFFER_TOO_SMALL:
        return L"BUFFER_TOO_SMALL";
    case EFI_NOT_READY:
        return L"NOT_READY";
    case EFI_DEVICE_ERROR:
        return L"DEVICE_ERROR";
    case EFI_WRITE_PROTECTED:
        return L"WRITE_PROTECTED";
    case EFI_OUT_OF_RESOURCES:
        return L"OUT_OF_RESOURCES";
    case EFI_VOLUME_CORRUPTED:
        return L"VOLUME_CORRUPTED";
    case EFI_NO_MEDIA:
        return L"NO_MEDIA";
    case EFI_MEDIA_CHANGED:
        return L"MEDIA_CHANGED";
    case EFI_NOT_FOUND:
        return L"NOT_FOUND";
    case EFI_ACCESS_DENIED:
        return L"ACCESS_DENIED";
    case EFI_TIMEOUT:
        return L"TIMEOUT";
    case EFI_ABORTED:
        return L"ABORTED";
    case EFI_SECURITY_VIOLATION:
        return L"SECURITY_VIOLATION";
    default:
        return NULL;
    }
}

static void print(const struct firmware *firmware, CHAR16 *text)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *console = firmware->system->ConOut;

    if (console != NULL)
        console->OutputString(console, text);
}

static void print_hex(const struct firmware *firmware, UINT64 value)
{
    CHAR16 digits[17];

    for (int i = 15; i >= 0; i--, value >>= 4)
        digits[i] = (CHAR16)((value & 15) < 10 ? '0' + (value & 15) : 'a' + (value & 15) - 10);
    digits[16] = 0;
    print(firmware, digits);
}

EFI_STATUS firmware_report(const struct firmware *firmware, CHAR16 *what, EFI_STATUS status)
{
    CHAR16 *name = status_name(status);

    print(firmware, L"Janus: ");
    print(firmware, what);
    print(firmware, L": ");
    if (name != NULL) {
        print(firmware, L"EFI_");
        print(firmware, name);
    } else {
        print_hex(firmware, status);
    }
    print(firmware, L"\r\n");
    return status;
}
