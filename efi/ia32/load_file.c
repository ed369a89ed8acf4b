/*
 * load_file.c - the file, from the boot volume into memory (UEFI 2.10, 7.2 and 13.5).
 */
#include "efi/ia32/ia32.h"

#define LAST_PADDR     UINT64_C(0xffffffff)
#define MAX_FILE_BYTES (UINT64_C(1) << 30)

/* PI 1.8, volume 2, 12.9.2. */
#define SECURITY2_GUID                                                                                       \
    {                                                                                                        \
        0x94ab2f58, 0x1438, 0x4ef1,                                                                          \
        {                                                                                                    \
            0x91, 0x52, 0x18, 0x94, 0x1a, 0x3a, 0x0e, 0x68                                                   \
        }                                                                                                    \
    }

struct security2 {
    EFI_STATUS(EFIAPI *FileAuthentication)
    (const struct security2 *, const EFI_DEVICE_PATH *, const void *, UINTN, BOOLEAN);
};

EFI_STATUS pages_allocate(const struct firmware *firmware, CHAR16 *what, UINT64 size_bytes,
                          struct pages *pages)
{
    EFI_PHYSICAL_ADDRESS paddr = LAST_PADDR;
    UINTN num = (UINTN)((size_bytes + EFI_PAGE_MASK) >> EFI_PAGE_SHIFT);
    EFI_STATUS status = firmware->boot->AllocatePages(AllocateMaxAddress, EfiLoaderData, num, &paddr);

    if (EFI_ERROR(status))
        return firmware_report(firmware, what, status);
    pages->paddr = paddr;
    pages->num = num;
    return status;
}

void pages_free(const struct firmware *firmware, struct pages *pages)
{
    if (pages->paddr != 0)
        firmware->boot->FreePages(pages->paddr, pages->num);
    pages->paddr = 0;
}

/* All of an open file. */
static EFI_STATUS read_all(const struct firmware *firmware, EFI_FILE *file, struct pages *pages,
                           UINTN *size_bytes)
{
    UINT64 end = 0;
    EFI_STATUS status = file->SetPosition(file, UINT64_MAX); /* the end */

    if (!EFI_ERROR(status))
        status = file->GetPosition(file, &end);
    if (!EFI_ERROR(status) && (end == 0 || end > MAX_FILE_BYTES))
        status = EFI_BAD_BUFFER_SIZE;
    if (!EFI_ERROR(status))
        status = file->SetPosition(file, 0);
    if (EFI_ERROR(status))
        return firmware_report(firmware, L"the size of " FILE_NAME, status);
    status = pages_allocate(firmware, L"memory to read " FILE_NAME, end, pages);
    if (EFI_ERROR(status))
        return status;
    *size_bytes = (UINTN)end;
    status = file->Read(file, size_bytes, (void *)(UINTN)pages->paddr);
    return EFI_ERROR(status) ? firmware_report(firmware, L"reading " FILE_NAME, status) : status;
}

/* Asks the firmware whether it would start this file, the way it asks itself. */
static EFI_STATUS authenticate(const struct firmware *firmware, struct span file)
{
    EFI_GUID guid = SECURITY2_GUID, path_guid = DEVICE_PATH_PROTOCOL;
    void *protocol = NULL, *path = NULL;
    EFI_STATUS status = firmware->boot->LocateProtocol(&guid, NULL, &protocol);

    if (!EFI_ERROR(status)) {
        struct security2 *security = protocol;
        firmware->boot->HandleProtocol(firmware->loaded_image->DeviceHandle, &path_guid, &path);
        status = security->FileAuthentication(security, path, file.p, file.n, FALSE);
    }
    if (EFI_ERROR(status))
        return firmware_report(firmware, L"Secure Boot is on and does not allow " FILE_NAME, status);
    return status;
}

EFI_STATUS load_file(const struct firmware *firmware, bool must_be_authentic, struct pages *pages,
                     struct span *file)
{
    EFI_FILE *handle = NULL;
    UINTN size_bytes = 0;
    EFI_STATUS status = open_on_boot_volume(firmware, FILE_NAME, &handle);

    if (EFI_ERROR(status))
        return firmware_report(firmware, L"opening " FILE_NAME, status);
    status = read_all(firmware, handle, pages, &size_bytes);
    handle->Close(handle);
    if (EFI_ERROR(status))
        return status;
    *file = span_of((const void *)(UINTN)pages->paddr, size_bytes);
    return must_be_authentic ? authenticate(firmware, *file) : status;
}
