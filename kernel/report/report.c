/*
 * report.c - the report: what the firmware handed over, on every console.
 */
#include "kernel/report/report.h"

#include <stdarg.h>
#include <stdbool.h>

#include "kernel/report/address_bar.h"
#include "kernel/boot/boot_info.h"
#include "kernel/console/console.h"
#include "kernel/cpu/apic.h"
#include "kernel/cpu/calibration.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/devices/pci.h"
#include "kernel/devices/serial_port.h"
#include "kernel/cpu/smp.h"
#include "kernel/cpu/smp_start.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/ioapic.h"
#include "kernel/cpu/timer.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/devices/input.h"
#include "kernel/cpu/features.h"
#include "kernel/debug/stack_guard.h"
#include "kernel/firmware/firmware_tables.h"
#include "kernel/firmware/madt.h"
#include "kernel/firmware/srat.h"
#include "kernel/boot/image.h"
#include "kernel/memory/address_space.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/audit.h"
#include "kernel/memory/phys.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/report/timeline.h"

#define CPU_BRAND_BYTES 48
#define SIZE_TEXT_BYTES 16
#define LABEL_COLUMNS   11
#define LINE_COLUMNS    80
#define MAX_MISSING     8
#define MAX_FAULTY      4
#define TEXT_COLUMNS    (LINE_COLUMNS - LABEL_COLUMNS - 1)

#define MIB      (UINT64_C(1) << 20)
#define FOUR_GIB (UINT64_C(4) << 30)

/* What a line is about, in a column of its own. */
static void label(const char *name)
{
    console_set_color(COLOR_CYAN, COLOR_BLACK);
    printk("%-*s", LABEL_COLUMNS, name);
    console_set_color(COLOR_LIGHT_GRAY, COLOR_BLACK);
}

/* Items behind a label, in lines of at most LINE_COLUMNS. */
struct list {
    int column; /* 0: nothing printed yet */
};

/* An item after a mark and a blank. */
static __attribute__((format(printf, 3, 0))) void list_put(struct list *list, const char *mark,
                                                           const char *format, va_list args)
{
    char text[LINE_COLUMNS];
    int n = format_string_v(text, sizeof text, format, args), mark_columns = (int)strlen(mark) + 1;

    if (list->column == 0) {
        list->column = LABEL_COLUMNS;
    } else if (list->column + mark_columns + n > LINE_COLUMNS - 1) {
        printk("%s\n%*s", mark, LABEL_COLUMNS, "");
        list->column = LABEL_COLUMNS;
    } else {
        printk("%s ", mark);
        list->column += mark_columns;
    }
    printk("%s", text);
    list->column += n;
}

static __attribute__((format(printf, 2, 3))) void list_item(struct list *list, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    list_put(list, ",", format, args);
    va_end(args);
}

/* One that belongs to the item before it. */
static __attribute__((format(printf, 2, 3))) void list_word(struct list *list, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    list_put(list, "", format, args);
    va_end(args);
}

static void list_end(const struct list *list, const char *if_empty)
{
    printk("%s\n", list->column == 0 ? if_empty : "");
}

static const char units[][4] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

/* "639 KiB", "127.8 MiB": rounded down. */
static void format_size(char text[SIZE_TEXT_BYTES], uint64_t bytes)
{
    unsigned unit = 0;
    uint64_t tenths = 0;

    while (bytes >= 1024 && unit < sizeof units / sizeof units[0] - 1) {
        tenths = bytes % 1024 * 10 / 1024;
        bytes /= 1024;
        unit++;
    }
    if (unit > 1)
        format_string(text, SIZE_TEXT_BYTES, "%llu.%llu %s", (unsigned long long)bytes,
                      (unsigned long long)tenths, units[unit]);
    else
        format_string(text, SIZE_TEXT_BYTES, "%llu %s", (unsigned long long)bytes, units[unit]);
}

/* "256 MiB": without a fraction. */
static void format_round_size(char text[SIZE_TEXT_BYTES], uint64_t bytes)
{
    unsigned unit = 0;

    for (; bytes >= 1024 && unit < sizeof units / sizeof units[0] - 1; unit++)
        bytes /= 1024;
    format_string(text, SIZE_TEXT_BYTES, "%llu %s", (unsigned long long)bytes, units[unit]);
}

static void report_build(void)
{
    char build_id[2 * BUILD_ID_BYTES + 1];

    image_build_id(build_id);
    label("build id");
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

static void report_route(void)
{
    label("entered by");
    print_route();
    printk(", %s", entry_name(boot_info.entry));
    if (boot_info.exit_boot_services_tries != 0)
        printk(", ExitBootServices at try %u", boot_info.exit_boot_services_tries);
    printk(", loader %s; image at 0x%llx\n", boot_info.loader[0] != 0 ? boot_info.loader : "not told",
           (unsigned long long)boot_info.image_paddr);
    if (boot_info.remarks[0] != 0) {
        label("remarks");
        printk("%s\n", boot_info.remarks);
    }
    if (boot_info.cmdline[0] != 0) {
        label("command");
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

static void report_firmware(const struct firmware_tables *tables)
{
    static const uint8_t names[] = {SMBIOS_BIOS_VENDOR, SMBIOS_BIOS_VERSION, SMBIOS_BIOS_DATE};
    struct smbios_structure bios;
    char text[TEXT_COLUMNS + 1];
    struct list list = {0};

    label("firmware");
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

static void report_system(const struct firmware_tables *tables)
{
    static const uint8_t names[] = {SMBIOS_SYSTEM_MANUFACTURER, SMBIOS_SYSTEM_PRODUCT, SMBIOS_SYSTEM_VERSION};
    struct smbios_structure system;
    char text[TEXT_COLUMNS + 1];

    if (!smbios_find(tables->smbios_table, SMBIOS_SYSTEM, &system))
        return;
    label("system");
    printk("%s\n", smbios_text(text, &system, names));
}

static void report_tables(const struct firmware_tables *tables)
{
    struct list list = {0};

    label("tables");
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

static void report_cpu(void)
{
    union {
        struct cpuid leaf[3];
        char text[CPU_BRAND_BYTES + 1];
    } brand = {0};

    label("cpu");
    if (cpuid(0x80000000, 0).eax < 0x80000004) {
        printk("without a brand string\n");
        return;
    }
    for (uint32_t i = 0; i < 3; i++)
        brand.leaf[i] = cpuid(0x80000002 + i, 0);
    const char *text = brand.text;
    while (*text == ' ')
        text++;
    printk("%s\n", text);
}

static void print_pci_function(const struct pci_function *f)
{
    if (f->at.segment != 0)
        printk("%04x:", f->at.segment);
    printk("%02x:%02x.%x", f->at.bus, f->at.device, f->at.function);
}

static void report_pci(void)
{
    const struct pci_function *display = pci_find_display(boot_info.display.paddr);

    label("pci");
    if (pci.mechanism == PCI_NONE)
        printk("no configuration space");
    else if (pci.mechanism == PCI_PORTS)
        printk("%u functions by port 0xcf8", pci.num_functions);
    else
        printk("%u functions by ECAM at 0x%llx", pci.num_functions, (unsigned long long)pci.ecam_paddr);
    if (pci.num_lost > 0)
        printk(" and %u more", pci.num_lost);
    if (display != NULL) {
        printk(", display %04x:%04x at ", display->header.vendor, display->header.device);
        print_pci_function(display);
    }
    printk("%s%s\n", pci.ecam_error != NULL ? "; ECAM " : "", pci.ecam_error != NULL ? pci.ecam_error : "");
}

static void report_serial(void)
{
    static const char sources[SERIAL_NUM_SOURCES][16] = {
        [SERIAL_BY_SPCR] = "SPCR",
        [SERIAL_BY_DBG2] = "DBG2",
        [SERIAL_BY_BIOS] = "BIOS data area",
        [SERIAL_BY_PROBE] = "probe",
    };
    const struct serial_choice *choice = serial_port_choice();
    const struct serial_candidate *port = &choice->port;
    uint32_t com = serial_com_number(port);

    label("serial");
    if (!choice->is_found)
        printk("none");
    else if (com != 0)
        printk("COM%u at 0x%llx (%s)", com, (unsigned long long)port->address, sources[port->source]);
    else
        printk("%s 0x%llx (%s)", port->is_in_memory ? "registers at" : "port",
               (unsigned long long)port->address, sources[port->source]);
    if (choice->spcr_remark != NULL)
        printk("; SPCR %s", choice->spcr_remark);
    if (choice->dbg2_remark != NULL)
        printk("; DBG2 %s", choice->dbg2_remark);
    printk("\n");
}

/* "+0.02 %" */
static void list_deviation(struct list *list, const char *name, int32_t ppm)
{
    uint32_t hundredths = ((uint32_t)(ppm < 0 ? -ppm : ppm) + 50) / 100;

    list_item(list, "%s %c%u.%02u %%", name, ppm < 0 && hundredths > 0 ? '-' : '+', hundredths / 100,
              hundredths % 100);
}

/* The frequency, whose word that is, and by how much the others differ. */
static void report_clock(void)
{
    uint64_t tenths = (clock_tsc_hz + 50000) / 100000;
    struct list list = {0};

    label("clock");
    if (clock_chosen != NULL)
        list_item(&list, "TSC %llu.%llu MHz by %s", (unsigned long long)(tenths / 10),
                  (unsigned long long)(tenths % 10), clock_chosen->name);
    for (size_t i = 0; i < CLOCK_MAX_WITNESSES; i++) {
        const struct clock_witness *witness = &clock_witnesses[i];

        if (witness->name == NULL || witness == clock_chosen)
            continue;
        if (witness->problem != NULL)
            list_item(&list, "%s %s", witness->name, witness->problem);
        else
            list_deviation(&list, witness->name, deviation_ppm(witness->tsc_hz, clock_tsc_hz));
    }
    list_end(&list, "nothing to measure the TSC by");
}

/* How interrupts come, and how many did that nobody wanted. */
static void report_interrupts(void)
{
    static const char modes[][8] = {
        [APIC_NONE] = "no APIC", [APIC_XAPIC] = "xAPIC", [APIC_X2APIC] = "x2APIC"};
    const struct interrupt_counts *counts = &interrupt_counts;
    struct list list = {0};

    label("interrupts");
    list_item(&list, "%s", modes[apic_mode()]);
    if (ioapic_count() > 0)
        list_item(&list, "%u I/O APIC inputs", ioapic_num_inputs());
    else
        list_item(&list, "no I/O APIC");
    list_item(&list, "%s", interrupts_have_pic() ? "PIC masked" : "no PIC");
    list_item(&list, "%s timer", timer_kind() != NULL ? timer_kind() : "no");
    if (counts->unexpected > 0)
        list_item(&list, "%u unexpected, the last at vector %u", counts->unexpected, counts->last_vector);
    if (counts->spurious_apic + counts->spurious_pic > 0)
        list_item(&list, "%u spurious of APIC, %u of PIC", counts->spurious_apic, counts->spurious_pic);
    list_end(&list, "");
}

static void list_missing(struct list *list)
{
    uint32_t num = 0;

    for (uint32_t i = 1; i < smp_num_cpus(); i++) {
        if (!smp_runs(smp_cpu(i)) && ++num <= MAX_MISSING)
            list_item(list, "CPU with APIC id %u does not answer", smp_cpu(i)->apic_id);
    }
    if (num > MAX_MISSING)
        list_item(list, "nor do %u more", num - MAX_MISSING);
}

/* The lowest and the highest ID of those that run. */
static void list_apic_ids(struct list *list)
{
    uint32_t low = boot_cpu.apic_id, high = low;

    for (uint32_t i = 1; i < smp_num_cpus(); i++) {
        uint32_t id = smp_cpu(i)->apic_id;

        if (!smp_runs(smp_cpu(i)))
            continue;
        low = id < low ? id : low;
        high = id > high ? id : high;
    }
    list_item(list, "APIC ids %u to %u", low, high);
}

static void report_cpus(void)
{
    const struct smp_outcome *o = &smp_outcome;
    struct list list = {0};

    label("cpus");
    if (o->num_listed == 1 && o->error == 0)
        list_item(&list, "1");
    else if (o->num_listed == 1)
        list_item(&list, "1 (%s)", o->error);
    else
        list_item(&list, "%u of %u started", o->num_started, o->num_listed);
    if (o->num_listed > 1 && o->error != 0)
        list_item(&list, "%s", o->error);
    if (o->num_started > 1)
        list_apic_ids(&list);
    if (o->num_listed > 1 && o->error == 0)
        list_missing(&list);
    if (o->num_left_out > 0)
        list_item(&list, "%u left out, more than %u", o->num_left_out, SMP_MAX_CPUS);
    list_end(&list, "");
}

/* What guards the kernel against its own mistakes: of this CPU, of the compiler, of the page tables. */
static void report_protection(void)
{
    struct audit audit = audit_page_tables();
    struct list list = {0};

    label("protection");
    for (enum feature f = 0; f < FEATURE_END; f++)
        list_item(&list, "%s%s", feature_is_on(f) ? "" : "no ", feature_name(f));
    list_item(&list, stack_guard_is_random() ? "canary from RDRAND" : "canary mixed (no RDRAND)");
    list_item(&list, "%u pages", audit.num_pages);
    list_item(&list, "%u writable", audit.num_writable);
    list_item(&list, "%u executable", audit.num_executable);
    list_item(&list, "%u both", audit.num_both);
    list_item(&list, "%u user", audit.num_user);
    if (audit.fault != 0)
        list_item(&list, "%s", audit.fault);
    list_end(&list, "");
}

static const char *pixel_order(const struct display *d)
{
    if (d->red_mask == 0xff && d->green_mask == 0xff00 && d->blue_mask == 0xff0000)
        return "RGB";
    if (d->red_mask == 0xff0000 && d->green_mask == 0xff00 && d->blue_mask == 0xff)
        return "BGR";
    return "masks";
}

static void report_screen(void)
{
    const struct display *d = &boot_info.display;

    label("screen");
    if (d->kind == DISPLAY_FRAMEBUFFER)
        printk("%ux%u, pitch %u bytes, %u bits %s (%x %x %x), at 0x%llx\n", d->width, d->height,
               d->pitch_bytes, d->bits_per_pixel, pixel_order(d), d->red_mask, d->green_mask, d->blue_mask,
               (unsigned long long)d->paddr);
    else if (d->kind == DISPLAY_VGA_TEXT)
        printk("VGA text %ux%u at 0x%llx\n", d->width, d->height, (unsigned long long)d->paddr);
    else
        printk("none\n");
    if (console_display_error() != 0)
        printk("%*snot used: %s\n", LABEL_COLUMNS, "", console_display_error());
}

static void report_input(void)
{
    const char *fault = input_keyboard_fault();

    label("input");
    printk(fault == NULL ? "PS/2 keyboard" : "no PS/2 keyboard (%s)", fault);
    printk(console_has_serial() ? ", serial port\n" : "\n");
}

static void print_region(const struct memory_region *r)
{
    char size[SIZE_TEXT_BYTES];
    uint32_t type = (uint32_t)r->type;

    format_size(size, r->end - r->base);
    printk("%*s%016llx-%016llx %10s ", LABEL_COLUMNS, "", (unsigned long long)r->base,
           (unsigned long long)r->end - 1, size);
    address_bar_print_swatch(type);
    printk(" %s\n", memory_type_name(type));
}

static void print_totals(const struct memory_map *map)
{
    struct list list = {0};
    char size[SIZE_TEXT_BYTES];

    label("in all");
    for (uint32_t type = 1; type < MEMORY_NUM_TYPES; type++) {
        uint64_t total = memory_map_total(map, type);

        if (total == 0)
            continue;
        format_size(size, total);
        list_item(&list, "%s %s", size, memory_type_name(type));
    }
    list_end(&list, "nothing");
}

static void print_repairs(const struct memory_map *map, const struct raw_map *raw)
{
    const struct memory_map_repairs *r = &map->repairs;
    const struct {
        const char *what;
        uint32_t count;
    } rows[] = {
        {"empty", r->num_empty},
        {"wrapping", r->num_wrapped},
        {"unsorted", r->num_unsorted},
        {"overlapping", r->num_overlaps},
        {"of unknown type", r->num_unknown},
        {"joined", r->num_joined},
        {"lost for want of room", r->num_dropped + raw->num_dropped},
    };
    struct list list = {0};

    label("repaired");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].count > 0)
            list_item(&list, "%u %s", rows[i].count, rows[i].what);
    }
    list_end(&list, "nothing");
}

static void print_bar(const struct memory_map *map, uint64_t end)
{
    char size[SIZE_TEXT_BYTES], name[LABEL_COLUMNS];

    format_round_size(size, end);
    format_string(name, sizeof name, "0-%s", size);
    label(name);
    address_bar_print(map, end);
}

/* Pictures of the first MiB, of all up to the end of RAM below 4 GiB, and of all RAM if there is more. */
static void print_bars(const struct memory_map *map)
{
    uint64_t low = address_bar_ram_end(map, FOUR_GIB), all = address_bar_ram_end(map, MEMORY_MAP_LIMIT);

    print_bar(map, MIB);
    if (low > MIB)
        print_bar(map, low);
    if (all > low)
        print_bar(map, all);
}

static const char *raw_map_name(uint32_t kind)
{
    switch (kind) {
    case RAW_MAP_E820:
        return "E820";
    case RAW_MAP_EFI:
        return "UEFI";
    case RAW_MAP_MULTIBOOT:
        return "Multiboot";
    case RAW_MAP_SIZES:
        return "mem_lower and mem_upper";
    default:
        return "nobody";
    }
}

/* What pages_alloc() can give. */
static void print_pages(void)
{
    struct page_counts counts = pages_count();
    char size[SIZE_TEXT_BYTES];

    format_size(size, counts.num_free * PAGE_BYTES);
    label("pages");
    printk("%llu of %llu free (%s), described in %llu\n", (unsigned long long)counts.num_free,
           (unsigned long long)counts.num_total, size, (unsigned long long)counts.num_own);
}

static void report_memory(void)
{
    const struct memory_map *map = &boot_info.memory_map;
    const struct raw_map *raw = &boot_info.raw_map;

    label("memory");
    printk("%u entries from %s, %u regions\n", map->num_entries + raw->num_dropped, raw_map_name(raw->kind),
           map->num_regions);
    for (uint32_t i = 0; i < map->num_regions; i++)
        print_region(&map->regions[i]);
    print_totals(map);
    print_repairs(map, raw);
    print_pages();
    print_bars(map);
}

/* Thousands of time stamp counter ticks since the first step. */
static void report_timeline(void)
{
    static const char names[BOOT_NUM_STEPS][8] = {
        [BOOT_STEP_LOADER] = "loader",   [BOOT_STEP_ENTRY] = "entry",   [BOOT_STEP_MAP] = "map",
        [BOOT_STEP_HANDOFF] = "handoff", [BOOT_STEP_BANNER] = "banner", [BOOT_STEP_REPORT] = "report",
    };
    struct list list = {0};

    label("kilocycles");
    timeline_mark(BOOT_STEP_REPORT);
    uint64_t start = timeline_start();
    for (enum boot_step step = 0; step < BOOT_NUM_STEPS; step++) {
        uint64_t tsc = timeline_at(step);

        if (tsc == 0 || names[step][0] == 0)
            continue;
        list_item(&list, "%s %llu", names[step], (unsigned long long)(tsc - start) / 1000);
    }
    list_end(&list, "");
}

void report_machine(void)
{
    report_build();
    report_route();
    report_firmware(&firmware_tables);
    report_system(&firmware_tables);
    report_tables(&firmware_tables);
    report_cpu();
    report_cpus();
    report_clock();
    report_interrupts();
    report_protection();
    report_pci();
    report_screen();
    report_serial();
    report_input();
    report_memory();
    report_timeline();
}

void report_end(void)
{
    console_set_color(COLOR_LIGHT_GREEN, COLOR_BLACK);
    printk("Janus ready\n");
    console_set_color(COLOR_LIGHT_GRAY, COLOR_BLACK);
    console_flush();
}
