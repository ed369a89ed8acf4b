/*
 * graphics.c - the framebuffer behind the firmware's console (UEFI 2.10, 12.9).
 *
 * Of several graphics outputs the one that the firmware's console uses is the one with a picture. A mode is
 * set only if the current one has no linear framebuffer; Mode->Info is read after that, because what
 * QueryMode says of a mode is not always what SetMode gives.
 */
#include "efi/boot_services.h"

#define MAX_OUTPUTS  16
#define MAX_MODES    256
#define MAX_SIDE     65535u /* pixels */
#define MAX_SCANLINE 65535u

static bool is_linear(EFI_GRAPHICS_PIXEL_FORMAT format)
{
    return format == PixelRedGreenBlueReserved8BitPerColor ||
           format == PixelBlueGreenRedReserved8BitPerColor || format == PixelBitMask;
}

static bool has_framebuffer(const EFI_GRAPHICS_OUTPUT_PROTOCOL *gop)
{
    return gop->Mode != NULL && gop->Mode->Info != NULL && gop->Mode->FrameBufferBase != 0 &&
           is_linear(gop->Mode->Info->PixelFormat);
}

/* Sets the first mode that has a linear framebuffer. */
static bool set_linear_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *gop)
{
    if (gop->Mode == NULL)
        return false;
    for (UINT32 i = 0; i < gop->Mode->MaxMode && i < MAX_MODES; i++) {
        EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *info = NULL;
        UINTN size = 0;

        if (EFI_ERROR(gop->QueryMode(gop, i, &size, &info)) || info == NULL || !is_linear(info->PixelFormat))
            continue;
        if (!EFI_ERROR(gop->SetMode(gop, i)) && has_framebuffer(gop))
            return true;
    }
    return false;
}

static EFI_GRAPHICS_OUTPUT_PROTOCOL *output_at(const struct firmware *firmware, EFI_HANDLE handle)
{
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    void *gop = NULL;

    return EFI_ERROR(firmware->boot->HandleProtocol(handle, &guid, &gop)) ? NULL : gop;
}

static bool is_console(const struct firmware *firmware, EFI_HANDLE handle)
{
    /* EFI_CONSOLE_OUT_DEVICE_GUID of EDK II: marks the devices that the console is made of. */
    EFI_GUID guid = {0xd3b36f2c, 0xd551, 0x11d4, {0x9a, 0x46, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d}};
    void *protocol = NULL;

    return !EFI_ERROR(firmware->boot->HandleProtocol(handle, &guid, &protocol));
}

/* The output with a framebuffer that the console uses, or any with a framebuffer, or any. */
static EFI_GRAPHICS_OUTPUT_PROTOCOL *find_output(const struct firmware *firmware)
{
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    EFI_HANDLE handles[MAX_OUTPUTS];
    UINTN size = sizeof handles;
    EFI_GRAPHICS_OUTPUT_PROTOCOL *best = NULL;

    if (EFI_ERROR(firmware->boot->LocateHandle(ByProtocol, &guid, NULL, &size, handles))) {
        void *first = NULL; /* none, or more than MAX_OUTPUTS */
        return EFI_ERROR(firmware->boot->LocateProtocol(&guid, NULL, &first)) ? NULL : first;
    }
    for (UINTN i = 0; i < size / sizeof handles[0]; i++) {
        EFI_GRAPHICS_OUTPUT_PROTOCOL *gop = output_at(firmware, handles[i]);

        if (gop == NULL)
            continue;
        if (has_framebuffer(gop) && is_console(firmware, handles[i]))
            return gop;
        if (best == NULL || (has_framebuffer(gop) && !has_framebuffer(best)))
            best = gop;
    }
    return best;
}

static uint32_t pixel_bits(uint32_t all_masks)
{
    return all_masks > 0xffffff ? 32 : all_masks > 0xffff ? 24 : 16;
}

static void set_masks(struct display *d, const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *info)
{
    const EFI_PIXEL_BITMASK *mask = &info->PixelInformation;

    d->bits_per_pixel = 32;
    d->red_mask = 0x0000ff;
    d->green_mask = 0x00ff00;
    d->blue_mask = 0xff0000;
    if (info->PixelFormat == PixelBlueGreenRedReserved8BitPerColor) {
        d->red_mask = 0xff0000;
        d->blue_mask = 0x0000ff;
    } else if (info->PixelFormat == PixelBitMask) {
        d->red_mask = mask->RedMask;
        d->green_mask = mask->GreenMask;
        d->blue_mask = mask->BlueMask;
        d->bits_per_pixel = pixel_bits(mask->RedMask | mask->GreenMask | mask->BlueMask | mask->ReservedMask);
    }
}

void gather_display(const struct firmware *firmware, struct display *d)
{
    EFI_GRAPHICS_OUTPUT_PROTOCOL *gop = find_output(firmware);

    if (gop == NULL)
        return;
    if (!has_framebuffer(gop) && !set_linear_mode(gop)) {
        firmware_report(firmware, L"graphics output without a linear framebuffer, going on over serial",
                        EFI_UNSUPPORTED);
        return;
    }
    const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *info = gop->Mode->Info;
    if (info->HorizontalResolution - 1 >= MAX_SIDE || info->VerticalResolution - 1 >= MAX_SIDE ||
        info->PixelsPerScanLine > MAX_SCANLINE || info->PixelsPerScanLine < info->HorizontalResolution) {
        firmware_report(firmware, L"graphics output with an impossible mode, going on over serial",
                        EFI_DEVICE_ERROR);
        return;
    }
    set_masks(d, info);
    d->kind = DISPLAY_FRAMEBUFFER;
    d->width = info->HorizontalResolution;
    d->height = info->VerticalResolution;
    d->pitch_bytes = info->PixelsPerScanLine * (d->bits_per_pixel / 8);
    d->paddr = gop->Mode->FrameBufferBase;
    d->size_bytes = (uint64_t)d->pitch_bytes * d->height;
}
