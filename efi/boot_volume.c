/*
 * boot_volume.c - who we are to the firmware, and files beside us (UEFI 2.10, 9.1, 13.4 and 13.5).
 */
#include "efi/boot_services.h"

void gather_loaded_image(struct firmware *firmware)
{
    EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    void *loaded_image = NULL;
    EFI_STATUS status = firmware->boot->HandleProtocol(firmware->image, &guid, &loaded_image);

    if (EFI_ERROR(status))
        firmware_report(firmware, L"no Loaded Image protocol, hence no boot volume and no command line",
                        status);
    firmware->loaded_image = EFI_ERROR(status) ? NULL : loaded_image;
}

EFI_STATUS open_on_boot_volume(const struct firmware *firmware, CHAR16 *name, EFI_FILE **file)
{
    EFI_GUID guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
    void *protocol = NULL;
    EFI_FILE *root = NULL;

    if (firmware->loaded_image == NULL || firmware->loaded_image->DeviceHandle == NULL)
        return EFI_NO_MEDIA;
    EFI_STATUS status =
        firmware->boot->HandleProtocol(firmware->loaded_image->DeviceHandle, &guid, &protocol);
    if (EFI_ERROR(status))
        return status;
    EFI_FILE_IO_INTERFACE *volume = protocol;
    status = volume->OpenVolume(volume, &root);
    if (EFI_ERROR(status))
        return status;
    status = root->Open(root, file, name, EFI_FILE_MODE_READ, 0);
    root->Close(root);
    return status;
}
