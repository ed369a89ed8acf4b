/*
 * uefi.c - finds out from the firmware's own tables which code is the firmware's and which of its functions
 * is called.
 *
 * At the subject's first instruction RAM is searched for the system table; from there come the boot services,
 * the console, and EDK2's list of loaded images (UEFI 2.10, 4.3, 4.4, 12.4, 18.4.1). Everything loaded before
 * the subject is the firmware. Graphics outputs are found in EDK2's database of protocols
 * (MdeModulePkg/Core/Dxe/Hand/Handle.h).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "meter.h"

#define SYSTEM_TABLE_SIGNATURE  UINT64_C(0x5453595320494249) /* "IBI SYST" */
#define BOOT_SERVICES_SIGNATURE UINT64_C(0x56524553544f4f42) /* "BOOTSERV" */
#define SYSTEM_TABLE_BYTES      120
#define CON_OUT                 64
#define BOOT_SERVICES           96
#define NUM_CONFIG_TABLES       104
#define CONFIG_TABLES           112
#define CONFIG_TABLE_BYTES      24
#define TABLE_HEADER_BYTES      24
#define PROTOCOL_INTERFACE      0x63666970u /* "pifc" */
#define PROTOCOL_ENTRY          0x65747270u /* "prte" */
#define SEARCH_LIMIT            UINT64_C(0x80000000)
#define MAX_IMAGES              512
#define MAX_FUNCTIONS           128

static const uint8_t debug_image_info_guid[16] = {0x77, 0x2e, 0x15, 0x49, 0xda, 0x1a, 0x64, 0x47,
                                                  0xb7, 0xa2, 0x7a, 0xfe, 0xfe, 0xd9, 0x5e, 0x8b};
static const uint8_t graphics_output_guid[16] = {0xde, 0xa9, 0x42, 0x90, 0xdc, 0x23, 0x38, 0x4a,
                                                 0x96, 0xfb, 0x7a, 0xde, 0xd0, 0x80, 0x51, 0x6a};

/* In the order of the table, from its header on. */
static const char *const boot_services[] = {"RaiseTPL",
                                            "RestoreTPL",
                                            "AllocatePages",
                                            "FreePages",
                                            "GetMemoryMap",
                                            "AllocatePool",
                                            "FreePool",
                                            "CreateEvent",
                                            "SetTimer",
                                            "WaitForEvent",
                                            "SignalEvent",
                                            "CloseEvent",
                                            "CheckEvent",
                                            "InstallProtocolInterface",
                                            "ReinstallProtocolInterface",
                                            "UninstallProtocolInterface",
                                            "HandleProtocol",
                                            "Reserved",
                                            "RegisterProtocolNotify",
                                            "LocateHandle",
                                            "LocateDevicePath",
                                            "InstallConfigurationTable",
                                            "LoadImage",
                                            "StartImage",
                                            "Exit",
                                            "UnloadImage",
                                            "ExitBootServices",
                                            "GetNextMonotonicCount",
                                            "Stall",
                                            "SetWatchdogTimer",
                                            "ConnectController",
                                            "DisconnectController",
                                            "OpenProtocol",
                                            "CloseProtocol",
                                            "OpenProtocolInformation",
                                            "ProtocolsPerHandle",
                                            "LocateHandleBuffer",
                                            "LocateProtocol",
                                            "InstallMultipleProtocolInterfaces",
                                            "UninstallMultipleProtocolInterfaces",
                                            "CalculateCrc32",
                                            "CopyMem",
                                            "SetMem",
                                            "CreateEventEx"};
static const char *const console_functions[] = {"Reset",         "OutputString",      "TestString",
                                                "QueryTextMode", "SetTextMode",       "SetAttribute",
                                                "ClearScreen",   "SetCursorPosition", "EnableCursor"};
static const char *const graphics_functions[] = {"QueryMode", "SetMode", "Blt"};

static struct function {
    const char *name;
    uint64_t pc, num_calls;
} functions[MAX_FUNCTIONS];
static unsigned num_functions;

static struct range {
    uint64_t base, end;
} images[MAX_IMAGES], subject;
static unsigned num_images;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void add_functions(uint64_t table, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n && num_functions < MAX_FUNCTIONS; i++)
        functions[num_functions++] = (struct function){names[i], ram_u64(table + 8 * i), 0};
}

static bool guid_is(uint64_t paddr, const uint8_t guid[16])
{
    return paddr + 16 <= ram.size && memcmp(ram.bytes + paddr, guid, 16) == 0;
}

static bool is_system_table(uint64_t paddr)
{
    return ram_u64(paddr) == SYSTEM_TABLE_SIGNATURE && ram_u32(paddr + 12) >= SYSTEM_TABLE_BYTES &&
           ram_u64(ram_u64(paddr + BOOT_SERVICES)) == BOOT_SERVICES_SIGNATURE;
}

/* struct EFI_DEBUG_IMAGE_INFO_NORMAL: type 1, LoadedImage; in that the image's base and size. */
static void add_image(uint64_t info, uint64_t entry_pc)
{
    uint64_t loaded_image = ram_u64(info + 8), base = ram_u64(loaded_image + 64),
             size = ram_u64(loaded_image + 72);

    if (info == 0 || ram_u32(info) != 1 || loaded_image == 0)
        return;
    if (base <= entry_pc && entry_pc < base + size)
        subject = (struct range){base, base + size};
    else if (num_images < MAX_IMAGES)
        images[num_images++] = (struct range){base, base + size};
}

static void add_images(uint64_t system_table, uint64_t entry_pc)
{
    uint64_t tables = ram_u64(system_table + CONFIG_TABLES), n = ram_u64(system_table + NUM_CONFIG_TABLES);

    for (uint64_t i = 0; i < n && n < MAX_IMAGES; i++) {
        uint64_t header = ram_u64(tables + i * CONFIG_TABLE_BYTES + 16);

        if (!guid_is(tables + i * CONFIG_TABLE_BYTES, debug_image_info_guid))
            continue;
        for (uint32_t k = 0; k < ram_u32(header + 4) && k < MAX_IMAGES; k++)
            add_image(ram_u64(ram_u64(header + 8) + 8 * k), entry_pc);
    }
}

/* struct PROTOCOL_INTERFACE: link, handle, link, entry, interface; struct PROTOCOL_ENTRY: link, GUID. */
static void add_graphics_output(uint64_t paddr)
{
    uint64_t entry = ram_u64(paddr + 48), interface = ram_u64(paddr + 56);

    if (ram_u32(entry) == PROTOCOL_ENTRY && guid_is(entry + 24, graphics_output_guid))
        add_functions(interface, graphics_functions, COUNT(graphics_functions));
}

void uefi_read_tables(uint64_t entry_pc)
{
    uint64_t limit = ram.size < SEARCH_LIMIT ? ram.size : SEARCH_LIMIT;

    for (uint64_t paddr = 0; paddr + SYSTEM_TABLE_BYTES <= limit; paddr += 8) {
        if (ram_u32(paddr) == PROTOCOL_INTERFACE)
            add_graphics_output(paddr);
        if (subject.end != 0 || !is_system_table(paddr))
            continue;
        add_images(paddr, entry_pc);
        if (subject.end == 0)
            continue;
        add_functions(ram_u64(paddr + BOOT_SERVICES) + TABLE_HEADER_BYTES, boot_services,
                      COUNT(boot_services));
        add_functions(ram_u64(paddr + CON_OUT), console_functions, COUNT(console_functions));
    }
    if (subject.end == 0)
        die("the firmware's tables do not tell of the image at 0x%" PRIx64, entry_pc);
}

bool uefi_is_firmware(uint64_t pc)
{
    for (unsigned i = 0; i < num_images; i++) {
        if (images[i].base <= pc && pc < images[i].end)
            return true;
    }
    return false;
}

static struct function *find_function(uint64_t pc)
{
    for (unsigned i = 0; i < num_functions; i++) {
        if (functions[i].pc == pc)
            return &functions[i];
    }
    return NULL;
}

bool uefi_is_exit_boot_services(uint64_t pc)
{
    const struct function *f = find_function(pc);

    return f != NULL && strcmp(f->name, "ExitBootServices") == 0;
}

const char *uefi_count_call(uint64_t pc)
{
    struct function *f = find_function(pc);

    if (f == NULL)
        return NULL;
    f->num_calls++;
    return f->name;
}

/* Calls of one name: several graphics outputs have functions of the same name. */
static uint64_t calls_of(const char *name)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < num_functions; i++) {
        if (strcmp(functions[i].name, name) == 0)
            n += functions[i].num_calls;
    }
    return n;
}

static bool is_first_of_name(unsigned index)
{
    for (unsigned i = 0; i < index; i++) {
        if (strcmp(functions[i].name, functions[index].name) == 0)
            return false;
    }
    return true;
}

void uefi_format_calls(char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, ",\"image_paddr\":%" PRIu64 ",\"calls\":{", subject.base);
    const char *comma = "";

    for (unsigned i = 0; i < num_functions && used + 64 < size; i++) {
        uint64_t n = calls_of(functions[i].name);

        if (n == 0 || !is_first_of_name(i))
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s\"%s\":%" PRIu64, comma, functions[i].name, n);
        comma = ",";
    }
    snprintf(text + used, size - used, "}");
}
