/*
 * command_line.c - the command line: \janus.cfg on the boot volume, then the load options.
 */
#include "efi/boot_services.h"
#include "kernel/cmdline.h"
#include "kernel/config.h"

/*
 * Load options are whatever somebody stored in a boot entry: text in UCS-2 that need not end in 0, or binary
 * data of the firmware's own. Only text in ASCII is a command line.
 */
static bool is_text(const CHAR16 *options, UINTN count)
{
    for (UINTN i = 0; i < count && options[i] != 0; i++) {
        if (options[i] != '\t' && (options[i] < ' ' || options[i] > '~'))
            return false;
    }
    return true;
}

static void append_load_options(const EFI_LOADED_IMAGE *loaded_image, struct boot_info *info)
{
    const CHAR16 *options = loaded_image->LoadOptions;
    UINTN count = loaded_image->LoadOptionsSize / sizeof *options;
    char text[BOOT_CMDLINE_BYTES];
    size_t n = 0;

    if (options == NULL || !is_text(options, count))
        return;
    while (n < count && n < sizeof text && options[n] != 0) {
        text[n] = (char)options[n];
        n++;
    }
    cmdline_append(info->cmdline, sizeof info->cmdline, span_of(text, n));
}

static void take_config(const struct firmware *firmware, struct boot_info *info)
{
    EFI_FILE *file = NULL;
    char text[BOOT_CMDLINE_BYTES];
    UINTN size = sizeof text;

    if (EFI_ERROR(open_on_boot_volume(firmware, L"\\janus.cfg", &file)))
        return; /* as it usually is */
    EFI_STATUS status = file->Read(file, &size, text);
    if (EFI_ERROR(status))
        firmware_report(firmware, L"reading \\janus.cfg", status);
    else
        config_cmdline(span_of(text, size), info->cmdline, sizeof info->cmdline);
    file->Close(file);
}

void gather_command_line(const struct firmware *firmware, struct boot_info *info)
{
    if (firmware->loaded_image == NULL)
        return;
    take_config(firmware, info);
    append_load_options(firmware->loaded_image, info);
}
