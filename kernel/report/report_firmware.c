/*
 * report_firmware.c - the file, the way it was entered, the firmware and its tables.
 */
#include "kernel/report/report_parts.h"

#include "kernel/boot/boot_info.h"
#include "kernel/boot/image.h"
#include "kernel/console/console.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/firmware/firmware_tables.h"
#include "kernel/firmware/madt.h"
#include "kernel/firmware/smbios.h"
#include "kernel/firmware/srat.h"
#include "kernel/report/lines.h"

#define MAX_FAULTY   4 /* named one by one */
#define TEXT_COLUMNS (LINE_COLUMNS - LABEL_COLUMNS - 1)

void report_build(void)
{
    char build_id[2 * BUILD_ID_BYTES + 1];

    image_build_id(build_id);
    report_label("build id");
    printk("%s, image intact\n", build_id);
}

static const char *entry_name(uint32_t entry)
{
    switch (entry) {
    case BOOT_ENTRY_UEFI_APPLICATION:
        return "UEFI application";
    case BOOT_ENTRY_LINUX_16:
        return "Linux 16-bit entry";
    case BOOT_ENTRY_LINUX_32:
        return "Linux 32-bit entry";
    case BOOT_ENTRY_LINUX_64:
        return "Linux 64-bit entry";
    case BOOT_ENTRY_MULTIBOOT1:
        return "Multiboot 1";
    case BOOT_ENTRY_MULTIBOOT2:
        return "Multiboot 2";
    case BOOT_ENTRY_LINUX_EFI:
        return "Linux EFI handover";
    case BOOT_ENTRY_MULTIBOOT2_EFI:
        return "Multiboot 2 EFI entry";
    default:
        return "unknown entry";
    }
}

static void print_route(void)
{
    uint32_t revision = boot_info.uefi_revision;

    if (boot_info.route == BOOT_ROUTE_UEFI && revision != 0)
        printk("UEFI %u.%u%s", revision >> 16, (revision & 0xffff) / 10,
               boot_info.uefi_bits == 32 ? " (32-bit)" : "");
    else if (boot_info.route == BOOT_ROUTE_UEFI)
        printk("UEFI");
    else
        printk(boot_info.route == BOOT_ROUTE_BIOS ? "BIOS" : "firmware not told");
}

void report_route(void)
{
    report_label("entered by");
    print_route();
    printk(", %s", entry_name(boot_info.entry));
    if (boot_info.exit_boot_services_tries != 0)
        printk(", ExitBootServices at try %u", boot_info.exit_boot_services_tries);
    printk(", loader %s; image at 0x%llx\n", boot_info.loader[0] != 0 ? boot_info.loader : "not told",
           (unsigned long long)boot_info.image_paddr);
    if (boot_info.remarks[0] != 0) {
        report_label("remarks");
        printk("%s\n", boot_info.remarks);
    }
    if (boot_info.cmdline[0] != 0) {
        report_label("command");
        printk("%s\n", boot_info.cmdline);
    }
}

/*
 * The strings of an SMBIOS structure whose numbers stand at `offsets`, as far as there are any, in one line;
 * what a terminal would take for more than text becomes a question mark.
 */
static const char *smbios_text(char text[TEXT_COLUMNS + 1], const struct smbios_structure *s,
                               const uint8_t offsets[3])
{
    size_t used = 0;

    for (size_t i = 0; i < 3; i++) {
        struct span string = smbios_string(s, offsets[i]);

        if (string.n > 0 && used > 0 && used < TEXT_COLUMNS)
            text[used++] = ' ';
        for (size_t at = 0; at < string.n && used < TEXT_COLUMNS; at++) {
            uint8_t c = span_u8(string, at);
            text[used++] = c >= ' ' && c <= '~' ? (char)c : '?';
        }
    }
    text[used] = 0;
    return text;
}

static const char *secure_boot_text(void)
{
    if (boot_info.route == BOOT_ROUTE_BIOS)
        return "no Secure Boot (not UEFI)";
    switch (boot_info.secure_boot) {
    case SECURE_BOOT_OFF:
        return "Secure Boot off";
    case SECURE_BOOT_ON:
        return "Secure Boot on";
    case SECURE_BOOT_SETUP_MODE:
        return "Secure Boot off (setup mode)";
    default:
        return "Secure Boot not told";
    }
}

void report_firmware(const struct firmware_tables *tables)
{
    static const uint8_t names[] = {SMBIOS_BIOS_VENDOR, SMBIOS_BIOS_VERSION, SMBIOS_BIOS_DATE};
    struct smbios_structure bios;
    char text[TEXT_COLUMNS + 1];
    struct list list = {0};

    report_label("firmware");
    if (boot_info.firmware_vendor[0] != 0)
        list_item(&list, "%s revision 0x%x", boot_info.firmware_vendor, boot_info.firmware_revision);
    if (smbios_find(tables->smbios_table, SMBIOS_BIOS, &bios))
        list_item(&list, "%s", smbios_text(text, &bios, names));
    list_item(&list, "%s", secure_boot_text());
    list_end(&list, "");
}

static void list_sound_tables(struct list *list)
{
    const struct acpi_table *root = acpi_root(), *table;

    if (root == 0)
        return;
    list_item(list, "%s:", root->signature);
    for (uint32_t i = 0; (table = acpi_table_at(i)) != 0; i++) {
        uint32_t n = acpi_count(table->signature);

        if (table == root || table->error != 0 || table->bytes.p != acpi_find(table->signature, 0).p)
            continue;
        if (n > 1)
            list_word(list, "%s x%u", table->signature, n);
        else
            list_word(list, "%s", table->signature);
    }
}

/* What is wrong, as far as it is the same few things; the word `acpi` lists all of it. */
static void list_faulty_tables(struct list *list)
{
    const struct acpi_table *table;
    uint32_t num_faulty = 0;

    for (uint32_t i = 0; (table = acpi_table_at(i)) != 0; i++) {
        if (table->error != 0 && num_faulty++ < MAX_FAULTY)
            list_item(list, "%s at 0x%llx: %s", table->signature[0] != 0 ? table->signature : "table",
                      (unsigned long long)table->paddr, table->error);
    }
    if (num_faulty > MAX_FAULTY)
        list_item(list, "%u more faulty", num_faulty - MAX_FAULTY);
    if (acpi_num_lost() > 0)
        list_item(list, "%u more than there is room for", acpi_num_lost());
}

/* What is wrong inside of tables that are walked. */
static void list_faulty_entries(struct list *list)
{
    struct madt madt;
    struct srat srat;

    if (madt_read(acpi_find(MADT_SIGNATURE, 0), &madt) && madt.error != 0)
        list_item(list, MADT_SIGNATURE ": %s", madt.error);
    if (srat_read(acpi_find(SRAT_SIGNATURE, 0), &srat) && srat.error != 0)
        list_item(list, SRAT_SIGNATURE ": %s", srat.error);
    else if (srat.num_domains > 1)
        list_item(list, "%u NUMA nodes", srat.num_domains);
}

void report_system(const struct firmware_tables *tables)
{
    static const uint8_t names[] = {SMBIOS_SYSTEM_MANUFACTURER, SMBIOS_SYSTEM_PRODUCT, SMBIOS_SYSTEM_VERSION};
    struct smbios_structure system;
    char text[TEXT_COLUMNS + 1];

    if (!smbios_find(tables->smbios_table, SMBIOS_SYSTEM, &system))
        return;
    report_label("system");
    printk("%s\n", smbios_text(text, &system, names));
}

void report_tables(const struct firmware_tables *tables)
{
    struct list list = {0};

    report_label("tables");
    if (tables->rsdp_paddr == 0)
        list_item(&list, "no ACPI");
    else if (tables->rsdp_error != 0)
        list_item(&list, "ACPI RSDP at 0x%llx: %s", (unsigned long long)tables->rsdp_paddr,
                  tables->rsdp_error);
    else
        list_item(&list, "ACPI %s RSDP at 0x%llx", tables->rsdp.revision >= 2 ? "2.0+" : "1.0",
                  (unsigned long long)tables->rsdp_paddr);
    list_sound_tables(&list);
    list_faulty_tables(&list);
    list_faulty_entries(&list);
    if (tables->smbios_paddr == 0)
        list_item(&list, "no SMBIOS");
    else if (tables->smbios_error != 0)
        list_item(&list, "SMBIOS at 0x%llx: %s", (unsigned long long)tables->smbios_paddr,
                  tables->smbios_error);
    else
        list_item(&list, "SMBIOS %u.%u at 0x%llx%s%s", tables->smbios.major, tables->smbios.minor,
                  (unsigned long long)tables->smbios_paddr, tables->smbios_table_error != 0 ? ": " : "",
                  tables->smbios_table_error != 0 ? tables->smbios_table_error : "");
    list_end(&list, "");
}
