/*
 * place_kernel.c - the file as its loader sees it (Linux boot.rst, "The Real-Mode Kernel Header").
 */
#include "efi/ia32/ia32.h"
#include "legacy/boot_params.h"
#include "legacy/image.h"

#define HEADER_MAGIC 0x202 /* the jump in front of it tells how far behind it the header ends */
#define RELOCATABLE  0x234 /* u8: runs wherever it is put */
#define ALIGNMENT    0x235 /* u8: at multiples of 2 to this power */

/* Our own loaders say the same of the same thing, in letters (legacy/boot_errors.h) or in words. */
static EFI_STATUS check(const struct firmware *firmware, struct span file, struct image *image)
{
    if (!image_read_header(file, image) || span_u8(file, RELOCATABLE) == 0 ||
        span_u8(file, ALIGNMENT) > EFI_PAGE_SHIFT)
        return firmware_report(firmware, FILE_NAME L" has no Linux boot header, or one that cannot be right",
                               EFI_LOAD_ERROR);
    if (!image_is_complete(image, (uint32_t)file.n))
        return firmware_report(firmware, FILE_NAME L" is shorter than its header says: an incomplete copy",
                               EFI_LOAD_ERROR);
    return EFI_SUCCESS;
}

EFI_STATUS place_kernel(const struct firmware *firmware, struct span file, struct pages *pages,
                        uint8_t *boot_params)
{
    struct image image;
    EFI_STATUS status = check(firmware, file, &image);

    if (!EFI_ERROR(status))
        status = pages_allocate(firmware, L"memory for the kernel", image.memory_bytes, pages);
    if (EFI_ERROR(status))
        return status;
    struct span protected = span_sub(file, image.setup_bytes, file.n - image.setup_bytes);
    UINTN size = protected.n < image.protected_bytes ? protected.n : image.protected_bytes;
    firmware->boot->CopyMem((void *)(UINTN)pages->paddr, (void *)(UINTN) protected.p, size);

    size_t end = HEADER_MAGIC + (size_t)span_u8(file, BP_HEADER_JUMP);
    for (size_t i = BP_SETUP_HEADER; i < end; i++)
        boot_params[i] = span_u8(file, i);
    return status;
}
