/*
 * linux64.c - a boot loader that uses the 64-bit entry of the Linux boot protocol (Linux boot.rst, 2.15).
 *
 * Sits on the disk as \EFI\BOOT\BOOTX64.EFI and loads \JANUS.EFI from the same volume to any page below 4
 * GiB. It promises no more than the protocol does: when it leaves, mapped are the file's memory, boot_params
 * with the command line behind, and the page that jumps; the other entries of the page tables are 0. The
 * memory map is told in part in boot_params, in part as an E820 extension behind an indirect setup_data node,
 * and on the debug port:
 *
 *   map 0000000000000000 1000 7      physical start, bytes, type: the map that boot services were left with
 */
#include <efi.h>

#define DEBUG_PORT 0x402
#define EXIT_PORT  0xf4
#define EXIT_CODE  0x20 /* QEMU exits with 65 */

#define FILE_MAX       0x100000
#define LIMIT_4GIB     0xffffffffUL
#define PAGE_BYTES     4096UL
#define NUM_TABLES     32
#define IN_PARAMS      20 /* entries of the map in boot_params; the others in the extension */
#define SETUP_E820_EXT 1u
#define SETUP_INDIRECT 0x80000000u

/* Offsets in the file and in boot_params. */
#define SETUP_SECTS      0x1f1
#define HEADER_JUMP      0x201
#define XLOADFLAGS       0x236
#define INIT_SIZE        0x260
#define E820_ENTRIES     0x1e8
#define TYPE_OF_LOADER   0x210
#define CODE32_START     0x214
#define CMD_LINE_PTR     0x228
#define SETUP_DATA       0x250
#define E820_TABLE       0x2d0
#define E820_ENTRY_BYTES 20

/* Offsets in the loader's own memory, which is mapped. */
#define OWN_PARAMS    0x0
#define OWN_CMDLINE   0x1000
#define OWN_NODE      0x1800
#define OWN_EXTENSION 0x2000
#define OWN_JUMP      0x8000
#define OWN_BYTES     0x9000

static UINT8 file[FILE_MAX], map[65536];
static UINT8 *tables;
static UINTN num_tables, map_bytes, descriptor_size;

static void out8(UINT16 port, UINT8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static void put_hex(UINT64 value, char end)
{
    for (int digit = 60; digit >= 0; digit -= 4)
        out8(DEBUG_PORT, (UINT8) "0123456789abcdef"[value >> digit & 15]);
    out8(DEBUG_PORT, (UINT8)end);
}

static void stop(void)
{
    out8(EXIT_PORT, EXIT_CODE);
    for (;;)
        ;
}

static UINT64 get(const UINT8 *p, UINTN bytes)
{
    UINT64 value = 0;

    while (bytes-- > 0)
        value = value << 8 | p[bytes];
    return value;
}

static void put(UINT8 *p, UINT64 value, UINTN bytes)
{
    for (UINTN i = 0; i < bytes; i++)
        p[i] = (UINT8)(value >> (8 * i));
}

static void copy(UINT8 *to, const UINT8 *from, UINTN bytes)
{
    for (UINTN i = 0; i < bytes; i++)
        to[i] = from[i];
}

static UINT8 *allocate(EFI_BOOT_SERVICES *boot, UINTN bytes)
{
    EFI_PHYSICAL_ADDRESS at = LIMIT_4GIB;
    UINTN pages = (bytes + PAGE_BYTES - 1) / PAGE_BYTES;

    if (EFI_ERROR(boot->AllocatePages(AllocateMaxAddress, EfiLoaderData, pages, &at)))
        stop();
    for (UINTN i = 0; i < pages * PAGE_BYTES; i++)
        ((UINT8 *)at)[i] = 0xaa; /* nothing is cleared for the kernel */
    return (UINT8 *)at;
}

static UINTN read_file(EFI_BOOT_SERVICES *boot, EFI_HANDLE image, CHAR16 *name, UINT8 *buffer, UINTN size)
{
    EFI_GUID loaded_image = LOADED_IMAGE_PROTOCOL, file_system = SIMPLE_FILE_SYSTEM_PROTOCOL;
    EFI_LOADED_IMAGE *self;
    EFI_FILE_IO_INTERFACE *volume;
    EFI_FILE *root, *opened;

    boot->HandleProtocol(image, &loaded_image, (VOID **)&self);
    boot->HandleProtocol(self->DeviceHandle, &file_system, (VOID **)&volume);
    volume->OpenVolume(volume, &root);
    if (EFI_ERROR(root->Open(root, &opened, name, EFI_FILE_MODE_READ, 0)))
        return 0;
    return EFI_ERROR(opened->Read(opened, &size, buffer)) ? 0 : size;
}

static UINT64 *new_table(void)
{
    UINT64 *table = (UINT64 *)(tables + num_tables * PAGE_BYTES);

    if (num_tables++ == NUM_TABLES)
        stop();
    for (int i = 0; i < 512; i++)
        table[i] = 0;
    return table;
}

/* Maps the pages of a range where they are. */
static void map_range(UINT64 *root, const UINT8 *from, UINTN bytes)
{
    for (UINT64 page = (UINT64)from; page < (UINT64)from + bytes; page += PAGE_BYTES) {
        UINT64 *table = root;

        for (int shift = 39; shift > 12; shift -= 9) {
            UINT64 *entry = &table[page >> shift & 511];
            if (*entry == 0)
                *entry = (UINT64)new_table() | 3;
            table = (UINT64 *)(*entry & ~4095UL);
        }
        table[page >> 12 & 511] = page | 3;
    }
}

static UINT32 e820_type(UINT32 type)
{
    if (type == EfiACPIReclaimMemory)
        return 3;
    if (type == EfiACPIMemoryNVS)
        return 4;
    return (type >= EfiLoaderCode && type <= EfiBootServicesData) || type == EfiConventionalMemory ? 1 : 2;
}

static void tell_map(UINT8 *own)
{
    UINTN count = map_bytes / descriptor_size;

    for (UINTN i = 0; i < count; i++) {
        EFI_MEMORY_DESCRIPTOR *d = (void *)(map + i * descriptor_size);
        UINT8 *entry = i < IN_PARAMS ? own + OWN_PARAMS + E820_TABLE + i * E820_ENTRY_BYTES
                                     : own + OWN_EXTENSION + (i - IN_PARAMS) * E820_ENTRY_BYTES;

        put(entry, d->PhysicalStart, 8);
        put(entry + 8, d->NumberOfPages << EFI_PAGE_SHIFT, 8);
        put(entry + 16, e820_type(d->Type), 4);
        for (const char *s = "map "; *s != 0; s++)
            out8(DEBUG_PORT, (UINT8)*s);
        put_hex(d->PhysicalStart, ' ');
        put_hex(d->NumberOfPages << EFI_PAGE_SHIFT, ' ');
        put_hex(e820_type(d->Type), '\n');
    }
    own[OWN_PARAMS + E820_ENTRIES] = IN_PARAMS;
    put(own + OWN_NODE + 8, SETUP_INDIRECT, 4);
    put(own + OWN_NODE + 12, 24, 4);
    put(own + OWN_NODE + 16, SETUP_INDIRECT | SETUP_E820_EXT, 4);
    put(own + OWN_NODE + 24, (count - IN_PARAMS) * E820_ENTRY_BYTES, 8);
    put(own + OWN_NODE + 32, (UINT64)own + OWN_EXTENSION, 8);
}

/* movq %rcx, %cr3; jmp *%rdx */
static const UINT8 jump_code[] = {0x0f, 0x22, 0xd9, 0xff, 0xe2};

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    EFI_BOOT_SERVICES *boot = system->BootServices;
    UINT8 *own = allocate(boot, OWN_BYTES);
    UINTN size = read_file(boot, image, L"\\JANUS.EFI", file, FILE_MAX), key;
    UINTN setup_bytes = (file[SETUP_SECTS] + 1UL) * 512, init_size = get(file + INIT_SIZE, 4);
    UINT32 version;

    if (size == 0 || (file[XLOADFLAGS] & 1) == 0)
        stop();
    UINT8 *kernel = allocate(boot, init_size);
    tables = allocate(boot, NUM_TABLES * PAGE_BYTES);
    copy(kernel, file + setup_bytes, size - setup_bytes);

    for (UINTN i = 0; i < OWN_JUMP; i++)
        own[i] = 0;
    copy(own + SETUP_SECTS, file + SETUP_SECTS, 0x202 + file[HEADER_JUMP] - SETUP_SECTS);
    own[TYPE_OF_LOADER] = 0xff;
    put(own + CODE32_START, (UINT64)kernel, 4);
    put(own + CMD_LINE_PTR, (UINT64)own + OWN_CMDLINE, 4);
    put(own + SETUP_DATA, (UINT64)own + OWN_NODE, 8);
    read_file(boot, image, L"\\cmdline", own + OWN_CMDLINE, 256);
    copy(own + OWN_JUMP, jump_code, sizeof jump_code);

    UINT64 *root = new_table();
    map_range(root, kernel, init_size);
    map_range(root, own, OWN_BYTES);

    map_bytes = sizeof map;
    boot->GetMemoryMap(&map_bytes, (void *)map, &key, &descriptor_size, &version);
    if (EFI_ERROR(boot->ExitBootServices(image, key)))
        stop();
    tell_map(own);
    __asm__ volatile("cli\n\tjmp *%%rax"
                     :
                     : "a"(own + OWN_JUMP), "c"(root), "d"(kernel + 0x200), "S"(own + OWN_PARAMS)
                     : "memory");
    return EFI_SUCCESS;
}
