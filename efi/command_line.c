/*
 * command_line.c - the command line: \janus.cfg on the boot volume, then what a loader tells, the arguments a
 * shell was given, or else the load options.
 */
#include "efi/boot_services.h"
#include "efi/device_path.h"
#include "efi/load_options.h"
#include "kernel/lib/cmdline.h"
#include "kernel/lib/config.h"

#define MAX_FILE_BYTES 256 /* of the image's own path */

/* The arguments behind the name of the image. */
static void append_shell_arguments(const EFI_SHELL_PARAMETERS_PROTOCOL *shell, struct boot_info *info)
{
    char text[BOOT_CMDLINE_BYTES];

    for (UINTN i = 1; i < shell->Argc; i++) {
        struct span argument = span_of(shell->Argv[i], sizeof text * sizeof(CHAR16));
        cmdline_append(info->cmdline, sizeof info->cmdline,
                       span_of(text, load_options_text(argument, text, sizeof text)));
    }
}

static void append_load_options(const EFI_LOADED_IMAGE *loaded_image, struct boot_info *info)
{
    char text[BOOT_CMDLINE_BYTES], file[MAX_FILE_BYTES];
    size_t n = load_options_text(span_of(loaded_image->LoadOptions, loaded_image->LoadOptionsSize), text,
                                 sizeof text);

    if (n == 0)
        return;
    size_t file_bytes = device_path_file(device_path_span(loaded_image->FilePath), file, sizeof file);
    cmdline_append(info->cmdline, sizeof info->cmdline,
                   load_options_words(span_of(text, n), span_of(file, file_bytes)));
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
    take_config(firmware, info);
    if (firmware->loader_words != NULL)
        cmdline_append(info->cmdline, sizeof info->cmdline,
                       span_of(firmware->loader_words, BOOT_CMDLINE_BYTES));
    else if (firmware->shell != NULL)
        append_shell_arguments(firmware->shell, info);
    else if (firmware->loaded_image != NULL)
        append_load_options(firmware->loaded_image, info);
}
