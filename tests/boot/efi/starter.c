/*
 * starter.c - stands between the firmware and \EFI\BOOT\JANUS.EFI, and watches what it calls.
 *
 * Sits on the disk as \EFI\BOOT\BOOTX64.EFI; the file under test lies beside it, its bytes unchanged.
 * Services in the boot services table are replaced by ours, which call the real ones. ExitBootServices is
 * made to fail as it fails on real machines: the map is changed behind the caller's back, so the firmware
 * itself refuses the stale key; so many times as \starter.cfg says (a decimal number). With an L behind the
 * number all memory below 640 KiB is the firmware's, as on some machines; with a V page tables of five levels
 * are in use when the call that succeeded comes back. What happens is told on the debug port:
 *
 *   exit 1 8000000000000002          try and status
 *   late AllocatePool                a service called after the first try that may not be called then
 *   map 0000000000000000 1000 7      physical start, bytes, type: the map at the try that succeeded
 *   returned 8000000000000002        the file under test came back
 */
#include <efi.h>

#define DEBUG_PORT 0x402
#define EXIT_PORT  0xf4
#define EXIT_CODE  0x20 /* QEMU exits with 65 */
#define MAP_BYTES  65536

static EFI_BOOT_SERVICES real;
static BOOLEAN tried, in_firmware;
static UINTN failures, tries;
static BOOLEAN five_levels;
static UINT8 last_map[MAP_BYTES];
static UINTN last_map_bytes, last_descriptor_size;

static void out8(UINT16 port, UINT8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static void put(const char *text)
{
    while (*text != 0)
        out8(DEBUG_PORT, (UINT8)*text++);
}

static void put_hex(UINT64 value)
{
    int digit = 60;

    while (digit > 0 && value >> digit == 0)
        digit -= 4;
    for (; digit >= 0; digit -= 4)
        out8(DEBUG_PORT, (UINT8) "0123456789abcdef"[value >> digit & 15]);
}

/* A call by the file under test, not by the firmware's own handlers, after its first ExitBootServices. */
static void note_call(const char *name)
{
    if (!tried || in_firmware)
        return;
    put("late ");
    put(name);
    put("\n");
}

static EFI_STATUS EFIAPI get_memory_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *map, UINTN *key,
                                        UINTN *descriptor_size, UINT32 *version)
{
    EFI_STATUS status = real.GetMemoryMap(size, map, key, descriptor_size, version);

    if (!EFI_ERROR(status) && !in_firmware && *size <= MAP_BYTES) {
        for (UINTN i = 0; i < *size; i++)
            last_map[i] = ((UINT8 *)map)[i];
        last_map_bytes = *size;
        last_descriptor_size = *descriptor_size;
    }
    return status;
}

static void put_map(void)
{
    for (UINTN at = 0; at + last_descriptor_size <= last_map_bytes; at += last_descriptor_size) {
        EFI_MEMORY_DESCRIPTOR *entry = (void *)(last_map + at);

        put("map ");
        put_hex(entry->PhysicalStart);
        put(" ");
        put_hex(entry->NumberOfPages << EFI_PAGE_SHIFT);
        put(" ");
        put_hex(entry->Type);
        put("\n");
    }
}

#ifdef __x86_64__
static EFI_PHYSICAL_ADDRESS root_5_levels = 0xffffffff;

/* A table on top of the firmware's: in memory that stays as it is until the kernel has its own. */
static void prepare_5_levels(void)
{
    real.AllocatePages(AllocateMaxAddress, EfiBootServicesData, 1, &root_5_levels);
    for (int i = 0; i < 512; i++)
        ((UINT64 *)root_5_levels)[i] = 0;
}

/* CR4.LA57 can be changed only where there is no long mode (Intel SDM vol. 3A, 4.1.2). Code and stack lie
 * below 4 GiB. Interrupts stay off. */
static void switch_to_5_levels(void)
{
    static const UINT64 gdt[] = {0, 0x00af9b000000ffff, 0x00cf9b000000ffff}; /* 64-bit code, 32-bit code */
    struct {
        UINT16 limit;
        UINT64 base;
    } __attribute__((packed)) gdtr = {sizeof gdt - 1, (UINT64)gdt};
    UINT64 root_4_levels;

    __asm__("mov %%cr3, %0" : "=r"(root_4_levels));
    *(UINT64 *)root_5_levels = (root_4_levels & ~4095UL) | 3;
    __asm__ volatile("cli\n\t"
                     "lgdt %0\n\t"
                     "pushq $0x10\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     ".code32\n"
                     "1:\n\t"
                     "movl %%cr0, %%eax\n\t"
                     "btrl $31, %%eax\n\t"
                     "movl %%eax, %%cr0\n\t"
                     "movl %%cr4, %%eax\n\t"
                     "btsl $12, %%eax\n\t"
                     "movl %%eax, %%cr4\n\t"
                     "movl %%ecx, %%cr3\n\t"
                     "movl %%cr0, %%eax\n\t"
                     "btsl $31, %%eax\n\t"
                     "movl %%eax, %%cr0\n\t"
                     "pushl $8\n\t"
                     "call 2f\n"
                     "2:\n\t"
                     "addl $3f - 2b, (%%esp)\n\t"
                     "lret\n"
                     ".code64\n"
                     "3:\n\t"
                     :
                     : "m"(gdtr), "c"(root_5_levels)
                     : "rax", "memory", "cc");
}
#else
static void prepare_5_levels(void) {}
static void switch_to_5_levels(void) {}
#endif

/* The real call with the key as it is: an allocation before it makes that key stale. */
static EFI_STATUS EFIAPI exit_boot_services(EFI_HANDLE image, UINTN key)
{
    void *page = NULL;

    tried = TRUE;
    in_firmware = TRUE;
    if (++tries <= failures)
        real.AllocatePool(EfiBootServicesData, 3 * 4096, &page);
    EFI_STATUS status = real.ExitBootServices(image, key);
    in_firmware = FALSE;
    put("exit ");
    put_hex(tries);
    put(" ");
    put_hex(status);
    put("\n");
    if (!EFI_ERROR(status)) {
        put_map();
        if (five_levels)
            switch_to_5_levels();
    }
    return status;
}

/* Services that a caller may use until ExitBootServices and not once it has been tried. */
#define WATCH(name, parameters, arguments)                                                                   \
    static EFI_STATUS EFIAPI watched_##name parameters                                                       \
    {                                                                                                        \
        note_call(#name);                                                                                    \
        return real.name arguments;                                                                          \
    }

WATCH(AllocatePages,
      (EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory, UINTN pages, EFI_PHYSICAL_ADDRESS *address),
      (type, memory, pages, address))
WATCH(FreePages, (EFI_PHYSICAL_ADDRESS address, UINTN pages), (address, pages))
WATCH(AllocatePool, (EFI_MEMORY_TYPE type, UINTN size, VOID **buffer), (type, size, buffer))
WATCH(FreePool, (VOID * buffer), (buffer))
WATCH(HandleProtocol, (EFI_HANDLE handle, EFI_GUID *protocol, VOID **interface),
      (handle, protocol, interface))
WATCH(OpenProtocol,
      (EFI_HANDLE handle, EFI_GUID *protocol, VOID **interface, EFI_HANDLE agent, EFI_HANDLE controller,
       UINT32 how),
      (handle, protocol, interface, agent, controller, how))
WATCH(LocateHandle,
      (EFI_LOCATE_SEARCH_TYPE type, EFI_GUID *protocol, VOID *key, UINTN *size, EFI_HANDLE *buffer),
      (type, protocol, key, size, buffer))
WATCH(LocateProtocol, (EFI_GUID * protocol, VOID *registration, VOID **interface),
      (protocol, registration, interface))
WATCH(SetWatchdogTimer, (UINTN timeout, UINT64 code, UINTN size, CHAR16 *data), (timeout, code, size, data))
WATCH(Stall, (UINTN microseconds), (microseconds))

static EFI_STATUS(EFIAPI *real_output)(SIMPLE_TEXT_OUTPUT_INTERFACE *, CHAR16 *);

static EFI_STATUS EFIAPI watched_output(SIMPLE_TEXT_OUTPUT_INTERFACE *console, CHAR16 *text)
{
    note_call("OutputString");
    return real_output(console, text);
}

static void watch(EFI_SYSTEM_TABLE *system)
{
    EFI_BOOT_SERVICES *boot = system->BootServices;

    real = *boot;
    boot->GetMemoryMap = get_memory_map;
    boot->ExitBootServices = exit_boot_services;
    boot->AllocatePages = watched_AllocatePages;
    boot->FreePages = watched_FreePages;
    boot->AllocatePool = watched_AllocatePool;
    boot->FreePool = watched_FreePool;
    boot->HandleProtocol = watched_HandleProtocol;
    boot->OpenProtocol = (void *)watched_OpenProtocol;
    boot->LocateHandle = watched_LocateHandle;
    boot->LocateProtocol = watched_LocateProtocol;
    boot->SetWatchdogTimer = watched_SetWatchdogTimer;
    boot->Stall = watched_Stall;
    boot->Hdr.CRC32 = 0;
    real.CalculateCrc32(boot, boot->Hdr.HeaderSize, &boot->Hdr.CRC32);
    if (system->ConOut != NULL) {
        real_output = system->ConOut->OutputString;
        system->ConOut->OutputString = watched_output;
    }
}

static UINTN read_file(EFI_FILE *root, CHAR16 *name, VOID *buffer, UINTN size)
{
    EFI_FILE *file;

    if (EFI_ERROR(root->Open(root, &file, name, EFI_FILE_MODE_READ, 0)))
        return 0;
    if (EFI_ERROR(file->Read(file, &size, buffer)))
        size = 0;
    file->Close(file);
    return size;
}

static void fill_low_memory(EFI_BOOT_SERVICES *boot)
{
    for (EFI_PHYSICAL_ADDRESS page = 0; page < 0xa0000; page += 4096)
        boot->AllocatePages(AllocateAddress, EfiBootServicesData, 1, &page);
}

static void read_config(EFI_FILE *root, EFI_BOOT_SERVICES *boot)
{
    char text[8];
    UINTN size = read_file(root, L"\\starter.cfg", text, sizeof text), i = 0;

    for (; i < size && text[i] >= '0' && text[i] <= '9'; i++)
        failures = failures * 10 + (UINTN)(text[i] - '0');
    if (i < size && text[i] == 'L')
        fill_low_memory(boot);
    five_levels = i < size && text[i] == 'V';
}

static UINTN node_bytes(const EFI_DEVICE_PATH *node)
{
    return (UINTN)(node->Length[0] | node->Length[1] << 8);
}

/* The device's path with the file's name behind it, so that the file under test knows its volume. */
static EFI_DEVICE_PATH *file_path(EFI_DEVICE_PATH *device, UINT8 *room)
{
    static const CHAR16 name[] = L"\\EFI\\BOOT\\JANUS.EFI";
    static const UINT8 end[] = {0x7f, 0xff, 4, 0};
    UINT8 *to = room;

    for (EFI_DEVICE_PATH *node = device; node->Type != 0x7f;
         node = (void *)((UINT8 *)node + node_bytes(node))) {
        for (UINTN i = 0; i < node_bytes(node); i++)
            *to++ = ((UINT8 *)node)[i];
    }
    *to++ = 4; /* media, file path */
    *to++ = 4;
    *to++ = 4 + sizeof name;
    *to++ = 0;
    for (UINTN i = 0; i < sizeof name; i++)
        *to++ = ((const UINT8 *)name)[i];
    for (UINTN i = 0; i < sizeof end; i++)
        *to++ = end[i];
    return (void *)room;
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    static UINT8 path[1024];
    EFI_GUID loaded_image_guid = LOADED_IMAGE_PROTOCOL, path_guid = DEVICE_PATH_PROTOCOL;
    EFI_GUID volume_guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
    EFI_LOADED_IMAGE *self;
    EFI_FILE_IO_INTERFACE *volume;
    EFI_DEVICE_PATH *device;
    EFI_FILE *root;
    EFI_HANDLE child;
    EFI_STATUS status;

    system->BootServices->HandleProtocol(image, &loaded_image_guid, (VOID **)&self);
    system->BootServices->HandleProtocol(self->DeviceHandle, &path_guid, (VOID **)&device);
    system->BootServices->HandleProtocol(self->DeviceHandle, &volume_guid, (VOID **)&volume);
    volume->OpenVolume(volume, &root);
    read_config(root, system->BootServices);
    status = system->BootServices->LoadImage(FALSE, image, file_path(device, path), NULL, 0, &child);
    if (!EFI_ERROR(status)) {
        watch(system);
        if (five_levels)
            prepare_5_levels();
        status = real.StartImage(child, NULL, NULL);
    }
    put("returned ");
    put_hex(status);
    put("\n");
    out8(EXIT_PORT, EXIT_CODE);
    return status;
}
