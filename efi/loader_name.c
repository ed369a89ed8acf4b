/*
 * loader_name.c - who started this image, as far as somebody says so. Nothing is guessed, and when it was the
 * firmware's boot manager, as it mostly is, nobody is asked.
 *
 * An image without a parent was started by the boot manager (UEFI 2.10, 9.1). A shell leaves its parameters
 * on the handle of the image (UEFI Shell 2.2). QEMU's -kernel comes from a volume with a device path of
 * its own. Otherwise the file of the parent tells, part of the firmware or of another loader; and a loader
 * may have said its name and version in the variable LoaderInfo (systemd, "The Boot Loader Interface").
 */
#include "efi/boot_services.h"
#include "efi/device_path.h"
#include "efi/load_options.h"
#include "kernel/lib/cmdline.h"
#include "kernel/lib/string.h"

#define INFO_CHARS 64 /* of LoaderInfo */

static void *protocol_of(const struct firmware *firmware, EFI_HANDLE handle, EFI_GUID guid)
{
    void *protocol = NULL;

    if (handle == NULL || EFI_ERROR(firmware->boot->HandleProtocol(handle, &guid, &protocol)))
        return NULL;
    return protocol;
}

/* Appends to the name, with a space between. */
static void add_text(struct boot_info *info, const char *text)
{
    cmdline_append(info->loader, sizeof info->loader, span_of(text, strlen(text)));
}

/* From the volume that OVMF makes of the files it is given by QEMU. */
static bool is_from_qemu(const struct firmware *firmware)
{
    /* QEMU_KERNEL_LOADER_FS_MEDIA_GUID of EDK II */
    const EFI_GUID media = {0x1428f772, 0xb64a, 0x441e, {0xb8, 0xc3, 0x9e, 0xbd, 0xd7, 0xf8, 0x93, 0xc7}};
    const void *device =
        protocol_of(firmware, firmware->loaded_image->DeviceHandle, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID);

    return device_path_has_vendor_media(device_path_span(device), span_of(&media, sizeof media));
}

/* iPXE installs its download protocol on the device of every program that it starts (its ipxe_download.h). */
static bool is_from_ipxe(const struct firmware *firmware)
{
    const EFI_GUID download = {0x3eaeaebd, 0xdecf, 0x493b, {0x9b, 0xd1, 0xcd, 0xb2, 0xde, 0xca, 0xe7, 0x19}};

    return protocol_of(firmware, firmware->loaded_image->DeviceHandle, download) != NULL;
}

/* Gives the length of what LoaderInfo says, 0-terminated; 0: nobody set it. */
static size_t read_loader_info(const struct firmware *firmware, char *text, size_t size)
{
    EFI_GUID vendor = {0x4a67b082, 0x0a4c, 0x41cf, {0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f}};
    CHAR16 value[INFO_CHARS];
    UINTN value_bytes = sizeof value;

    if (EFI_ERROR(firmware->system->RuntimeServices->GetVariable(L"LoaderInfo", &vendor, NULL, &value_bytes,
                                                                 value)))
        return 0;
    size_t n = load_options_text(span_of(value, value_bytes), text, size - 1);
    text[n] = 0;
    return n;
}

static void name_parent(const struct firmware *firmware, struct boot_info *info)
{
    const EFI_LOADED_IMAGE *parent =
        protocol_of(firmware, firmware->loaded_image->ParentHandle, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);
    char text[INFO_CHARS + 1];

    if (parent == NULL)
        return;
    if (device_path_is_firmware_file(device_path_span(parent->FilePath))) {
        add_text(info, "firmware");
        return;
    }
    size_t n = device_path_file(device_path_span(parent->FilePath), info->loader, sizeof info->loader);
    if (read_loader_info(firmware, text, sizeof text) > 0) {
        add_text(info, n > 0 ? "with LoaderInfo" : "without a name, with LoaderInfo");
        add_text(info, text);
    }
}

void gather_loader(struct firmware *firmware, struct boot_info *info)
{
    if (firmware->loaded_image == NULL)
        return;
    if (firmware->loaded_image->ParentHandle == NULL) {
        add_text(info, "firmware boot manager");
        return;
    }
    firmware->shell = protocol_of(firmware, firmware->image, (EFI_GUID)EFI_SHELL_PARAMETERS_PROTOCOL_GUID);
    if (firmware->shell != NULL)
        add_text(info, "UEFI shell");
    else if (is_from_qemu(firmware))
        add_text(info, "QEMU -kernel");
    else if (is_from_ipxe(firmware))
        add_text(info, "iPXE");
    else
        name_parent(firmware, info);
}
