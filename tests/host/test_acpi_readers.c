/* units: kernel/firmware/acpi_gas.c kernel/firmware/acpi_entries.c kernel/firmware/madt.c
 * kernel/firmware/fadt.c kernel/firmware/hpet.c kernel/firmware/s5.c kernel/firmware/mcfg.c
 * kernel/firmware/spcr.c kernel/firmware/bgrt.c kernel/firmware/srat.c */
/*
 * The readers of ACPI tables: QEMU's own tables, tables made here, and both cut, with lengths of 0 and with
 * random bytes in them.
 */
#include "tests/host/host_test.h"

#include "kernel/firmware/bgrt.h"
#include "kernel/firmware/fadt.h"
#include "kernel/firmware/hpet.h"
#include "kernel/firmware/madt.h"
#include "kernel/firmware/mcfg.h"
#include "kernel/firmware/s5.h"
#include "kernel/firmware/spcr.h"
#include "kernel/firmware/srat.h"
#include "tests/host/acpi_samples.h"

#define SPAN(array) span_of(array, sizeof array)

static uint8_t bytes[512];
static size_t num_bytes;

/* A table made byte by byte: `n` bytes of 0 to begin with. */
static void begin(size_t n)
{
    memset(bytes, 0, sizeof bytes);
    num_bytes = n;
}

static void put(size_t at, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static void put_gas(size_t at, uint8_t space, uint8_t bit_width, uint64_t address)
{
    put(at, space, 1);
    put(at + 1, bit_width, 1);
    put(at + 4, address, 8);
}

static void append(const char *data, size_t n)
{
    assert_true(num_bytes + n <= sizeof bytes);
    memcpy(bytes + num_bytes, data, n);
    num_bytes += n;
}

#define APPEND(text) append(text, sizeof text - 1)

static struct span made(void)
{
    return span_of(bytes, num_bytes);
}

static void test_madt_of_qemu(void **state)
{
    static const uint8_t overrides[][2] = {{0, 2}, {5, 5}, {9, 9}, {10, 10}, {11, 11}};
    struct acpi_entries walk;
    struct madt_entry e;
    struct madt madt;

    (void)state;
    assert_true(madt_read(SPAN(q35_madt), &madt));
    assert_int_equal(madt.local_apic_paddr, 0xfee00000);
    assert_true(madt.has_8259);
    assert_null(madt.error);
    madt_begin(&walk, SPAN(q35_madt));
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(madt_next(&walk, &e));
        assert_int_equal(e.kind, MADT_CPU);
        assert_true(e.id == i && e.uid == i && e.is_enabled && !e.is_online_capable && !e.is_x2apic);
    }
    assert_true(madt_next(&walk, &e));
    assert_int_equal(e.kind, MADT_IO_APIC);
    assert_true(e.id == 0 && e.paddr == 0xfec00000 && e.gsi == 0);
    for (size_t i = 0; i < 5; i++) {
        assert_true(madt_next(&walk, &e));
        assert_int_equal(e.kind, MADT_OVERRIDE);
        assert_true(e.source == overrides[i][0] && e.gsi == overrides[i][1]);
        assert_true(e.is_level == (i > 0) && !e.is_active_low);
    }
    assert_true(madt_next(&walk, &e));
    assert_int_equal(e.kind, MADT_LOCAL_NMI);
    assert_true(e.uid == MADT_ALL_CPUS && e.lint == 1 && !e.is_level && !e.is_active_low);
    assert_false(madt_next(&walk, &e));
    assert_null(walk.error);
}

static void begin_madt(void)
{
    begin(44);
    put(36, 0xfee00000, 4);
}

static struct madt_entry only_entry(void)
{
    struct acpi_entries walk;
    struct madt_entry e, none;

    madt_begin(&walk, made());
    assert_true(madt_next(&walk, &e));
    assert_false(madt_next(&walk, &none));
    assert_null(walk.error);
    return e;
}

static void test_madt_entries(void **state)
{
    struct madt_entry e;
    struct madt madt;

    (void)state;
    begin_madt();
    APPEND("\x09\x10\0\0\x78\x56\x34\x12\x02\0\0\0\x44\x33\x22\x11");
    e = only_entry();
    assert_true(e.kind == MADT_CPU && e.is_x2apic && e.id == 0x12345678 && e.uid == 0x11223344);
    assert_true(!e.is_enabled && e.is_online_capable);

    begin_madt();
    APPEND("\x03\x08\x0f\0\x21\0\0\0");
    e = only_entry();
    assert_true(e.kind == MADT_NMI_SOURCE && e.gsi == 0x21 && e.is_active_low && e.is_level);

    begin_madt();
    APPEND("\x04\x06\x07\x03\0\x01");
    e = only_entry();
    assert_true(e.kind == MADT_LOCAL_NMI && e.uid == 7 && e.lint == 1 && e.is_active_low && !e.is_level);

    begin_madt();
    APPEND("\x0a\x0c\x05\0\xff\xff\xff\xff\x01\0\0\0");
    e = only_entry();
    assert_true(e.kind == MADT_LOCAL_NMI && e.is_x2apic && e.uid == MADT_ALL_CPUS && e.lint == 1);
    assert_true(!e.is_active_low && !e.is_level);

    begin_madt();
    APPEND("\x05\x0c\0\0\x00\x00\xe0\xfe\x12\0\0\0");
    assert_true(madt_read(made(), &madt));
    assert_int_equal(madt.local_apic_paddr, 0x12fee00000);
    assert_false(madt.has_8259);

    begin_madt();
    APPEND("\x7f\x03\xee"); /* a type of the future */
    assert_int_equal(only_entry().kind, MADT_OTHER);
}

/* An ID that means all CPUs is nobody's, whatever the flags say. */
static void test_madt_cpu_without_an_id(void **state)
{
    struct madt_entry e;

    (void)state;
    begin_madt();
    APPEND("\0\x08\x01\xff\x03\0\0\0");
    e = only_entry();
    assert_true(e.kind == MADT_CPU && !e.is_enabled && !e.is_online_capable);
    begin_madt();
    APPEND("\x09\x10\0\0\xff\xff\xff\xff\x03\0\0\0\x01\0\0\0");
    e = only_entry();
    assert_true(e.kind == MADT_CPU && !e.is_enabled && !e.is_online_capable);
}

static const char *walk_error(uint32_t *num_cpus)
{
    struct acpi_entries walk;
    struct madt_entry e;
    struct madt madt;

    *num_cpus = 0;
    madt_begin(&walk, made());
    while (madt_next(&walk, &e))
        *num_cpus += e.kind == MADT_CPU;
    assert_true(madt_read(made(), &madt));
    assert_ptr_equal(madt.error, walk.error);
    return walk.error;
}

static void test_madt_that_lies(void **state)
{
    uint32_t num_cpus;

    (void)state;
    begin_madt();
    APPEND("\0\x08\x01\x01\x01\0\0\0\0\0\0\x08\x02\x02\x01\0\0\0");
    assert_string_equal(walk_error(&num_cpus), "an entry of it has no length");
    assert_int_equal(num_cpus, 1);

    begin_madt();
    APPEND("\0\x01\0\x08\x02\x02\x01\0\0\0");
    assert_string_equal(walk_error(&num_cpus), "an entry of it has no length");
    assert_int_equal(num_cpus, 0);

    begin_madt();
    APPEND("\x7f\x01\x03\0"); /* would be an entry of 3 bytes if that of 1 were passed */
    assert_string_equal(walk_error(&num_cpus), "an entry of it has no length");

    begin_madt();
    APPEND("\0\x07\x01\x01\x01\0\0\0\x08\x02\x02\x01\0\0\0"); /* too short a CPU, then a good one */
    assert_string_equal(walk_error(&num_cpus), "an entry of it is too short");
    assert_int_equal(num_cpus, 1);

    begin_madt();
    APPEND("\0\x08\x01\x01\x01\0\0\0\0\xff\x01\x01\x01\0\0\0");
    assert_string_equal(walk_error(&num_cpus), "its last entry is cut short");
    assert_int_equal(num_cpus, 1);

    begin_madt();
    APPEND("\0\x08\x01\x01\x01\0\0\0\0"); /* one byte of the next */
    assert_string_equal(walk_error(&num_cpus), "its last entry is cut short");

    begin(43);
    struct madt madt;
    assert_false(madt_read(made(), &madt));
}

static void test_fadt_of_pc(void **state)
{
    struct fadt f;

    (void)state;
    assert_true(fadt_read(SPAN(pc_fadt), &f)); /* of ACPI 1.0 */
    assert_true(f.facs_paddr == 0x7fe0000 && f.dsdt_paddr == 0x7fe0040);
    assert_true(f.old_facs_paddr == 0x7fe0000 && f.old_dsdt_paddr == 0x7fe0040);
    assert_int_equal(f.sci_gsi, 9);
    assert_true(f.smi_command_port == 0xb2 && f.acpi_enable_command == 0xf1);
    assert_true(f.pm1a_control.space == ACPI_SPACE_IO && f.pm1a_control.address == 0x604);
    assert_int_equal(f.pm1a_control.bit_width, 16);
    assert_int_equal(f.pm1b_control.address, 0);
    assert_true(f.pm_timer.space == ACPI_SPACE_IO && f.pm_timer.address == 0x608 &&
                f.pm_timer.bit_width == 32);
    assert_false(f.is_pm_timer_32bit);
    assert_int_equal(f.century_register, 0x32);
    assert_true(f.reset.address == 0 && f.sleep_control.address == 0);
    assert_false(f.has_no_8042 || f.has_no_legacy_devices || f.has_no_vga || f.has_no_cmos_clock);
}

static void test_fadt_of_q35(void **state)
{
    struct fadt f;

    (void)state;
    assert_true(fadt_read(SPAN(q35_fadt), &f)); /* revision 3 */
    assert_true(f.facs_paddr == 0x77dc000 && f.dsdt_paddr == 0x7779000);
    assert_true(f.smi_command_port == 0xb2 && f.acpi_enable_command == 2);
    assert_true(f.pm1a_control.address == 0x604 && f.pm1a_control.bit_width == 16);
    assert_true(f.pm_timer.address == 0x608 && f.pm_timer.space == ACPI_SPACE_IO);
    assert_true(f.reset.space == ACPI_SPACE_IO && f.reset.address == 0xcf9 && f.reset_value == 0x0f);
    assert_true(!f.has_no_8042 && f.has_no_legacy_devices && !f.has_no_vga && !f.has_no_msi);
    assert_false(f.is_hardware_reduced);
}

static void begin_fadt(uint32_t flags)
{
    begin(276);
    put(8, 6, 1);
    put(40, 0x1000, 4);
    put(48, 0xb2, 4);
    put(52, 1, 1);
    put(64, 0x404, 4);
    put(76, 0x408, 4);
    put(89, 2, 1);
    put(91, 4, 1);
    put(112, flags, 4);
    put_gas(116, 0, 8, 0xfed00000);
    put(128, 0x55, 1);
    put_gas(244, 1, 8, 0x500);
    put_gas(256, 1, 8, 0x501);
}

static void test_fadt_fields(void **state)
{
    struct fadt f;

    (void)state;
    begin_fadt(1u << 8 | 1u << 10);
    put(109, 0x2d, 2); /* legacy devices, no VGA, no MSI, no CMOS clock; no 8042 */
    put(140, 0x123456789a, 8);
    put_gas(184, 0, 16, 0x1fed01004);
    put_gas(208, 0, 32, 0x1fed01008);
    assert_true(fadt_read(made(), &f));
    assert_true(f.dsdt_paddr == 0x123456789a && f.old_dsdt_paddr == 0x1000 && f.facs_paddr == 0);
    assert_true(f.pm1a_control.space == ACPI_SPACE_IO && f.pm1a_control.address == 0x404);
    assert_true(f.pm1b_control.space == ACPI_SPACE_MEMORY && f.pm1b_control.address == 0x1fed01004);
    assert_true(f.pm_timer.space == ACPI_SPACE_MEMORY && f.pm_timer.address == 0x1fed01008 &&
                f.is_pm_timer_32bit);
    assert_true(f.reset.space == ACPI_SPACE_MEMORY && f.reset.address == 0xfed00000 && f.reset_value == 0x55);
    assert_true(f.has_no_8042 && f.has_no_vga && f.has_no_msi && f.has_no_cmos_clock &&
                !f.has_no_legacy_devices);

    put(91, 3, 1); /* no PM timer has 3 bytes */
    put(112, 0, 4);
    assert_true(fadt_read(made(), &f));
    assert_true(f.pm_timer.address == 0 && f.reset.address == 0 && f.reset_value == 0);

    begin_fadt(1u << 20);
    assert_true(fadt_read(made(), &f));
    assert_true(f.is_hardware_reduced && f.sleep_control.address == 0x500 && f.sleep_status.address == 0x501);
    assert_true(f.pm1a_control.address == 0 && f.pm_timer.address == 0 && f.smi_command_port == 0);
}

/* What a table is too short for is absent, not garbage. */
static void test_fadt_of_every_length(void **state)
{
    struct fadt f;

    (void)state;
    begin_fadt(1u << 10);
    put(140, 0x123456789a, 8);
    put_gas(208, 0, 32, 0x1fed01008);
    for (size_t n = 0; n <= num_bytes; n++) {
        bool is_read = fadt_read(span_of(bytes, n), &f);
        assert_int_equal(is_read, n >= 116);
        assert_int_equal(f.reset.address, n >= 128 ? 0xfed00000 : 0);
        assert_int_equal(f.dsdt_paddr, n >= 148 ? 0x123456789a : n >= 116 ? 0x1000 : 0);
        assert_int_equal(f.pm_timer.address, n >= 220 ? 0x1fed01008 : n >= 116 ? 0x408 : 0);
        assert_int_equal(f.sleep_status.address, n >= 268 ? 0x501 : 0);
    }
}

static void test_hpet(void **state)
{
    struct hpet h;

    (void)state;
    assert_true(hpet_read(SPAN(q35_hpet), &h));
    assert_true(h.paddr == 0xfed00000 && h.number == 0 && h.num_comparators == 3 && h.is_64bit);
    memcpy(bytes, q35_hpet, sizeof q35_hpet);
    bytes[40] = ACPI_SPACE_IO;
    assert_false(hpet_read(span_of(bytes, sizeof q35_hpet), &h));
    assert_int_equal(h.paddr, 0);
    bytes[40] = ACPI_SPACE_MEMORY;
    put(53, 0x1234, 2);
    assert_true(hpet_read(span_of(bytes, sizeof q35_hpet), &h));
    assert_int_equal(h.min_ticks, 0x1234);
    put(44, 0, 8);
    assert_false(hpet_read(span_of(bytes, sizeof q35_hpet), &h));
    assert_false(hpet_read(span_of(q35_hpet, sizeof q35_hpet - 1), &h));
}

static void test_mcfg(void **state)
{
    struct mcfg_range r;

    (void)state;
    assert_int_equal(mcfg_num_ranges(SPAN(q35_mcfg)), 1);
    assert_true(mcfg_read(SPAN(q35_mcfg), 0, &r));
    assert_true(r.paddr == 0xb0000000 && r.segment == 0 && r.first_bus == 0 && r.last_bus == 255);
    assert_false(mcfg_read(SPAN(q35_mcfg), 1, &r));
    assert_false(mcfg_read(SPAN(q35_mcfg), UINT32_MAX, &r));

    begin(44);
    APPEND("\0\0\0\0\x01\0\0\0\x02\x01\x05\x04\0\0\0\0");                   /* buses 5 to 4 */
    APPEND("\0\0\0\0\0\0\0\0\x02\x01\x05\x06\0\0\0\0");                     /* nowhere */
    APPEND("\0\0\0\0\x01\0\0\0\x02\x01\x05\x05\0\0\0\0\0\0\0\0\0\0\0\0\0"); /* and a part of one more */
    assert_int_equal(mcfg_num_ranges(made()), 3);
    assert_false(mcfg_read(made(), 0, &r));
    assert_false(mcfg_read(made(), 1, &r));
    assert_true(mcfg_read(made(), 2, &r));
    assert_true(r.paddr == 0x100000000 && r.segment == 0x102 && r.first_bus == 5 && r.last_bus == 5);
    assert_int_equal(mcfg_num_ranges(span_of(bytes, 43)), 0);
}

static void begin_spcr(uint8_t kind)
{
    begin(80);
    put(36, kind, 1);
    put_gas(40, 1, 8, 0x2f8);
    put(52, 3, 1);
    put(53, 4, 1);
    put(54, 20, 4);
    put(58, 7, 1);
}

static void test_spcr(void **state)
{
    static const uint32_t bauds[] = {0, 0, 0, 9600, 19200, 0, 57600, 115200, 0};
    struct spcr_port p;

    (void)state;
    begin_spcr(SPCR_16550);
    assert_true(spcr_read(made(), &p));
    assert_true(p.kind == SPCR_16550 && p.registers.space == ACPI_SPACE_IO && p.registers.address == 0x2f8);
    assert_true(p.irq == 4 && p.gsi == 20);
    for (uint8_t i = 0; i < 9; i++) {
        bytes[58] = i;
        assert_true(spcr_read(made(), &p));
        assert_int_equal(p.baud, bauds[i]);
    }
    put(52, 0, 1);
    assert_true(spcr_read(made(), &p));
    assert_true(p.irq == 0 && p.gsi == 0);
    num_bytes = 84; /* revision 4: any rate */
    put(80, 1500000, 4);
    assert_true(spcr_read(made(), &p));
    assert_int_equal(p.baud, 1500000);

    begin_spcr(SPCR_16550_GAS);
    put_gas(40, 0, 32, 0xfe030000);
    assert_true(spcr_read(made(), &p));
    assert_true(p.registers.space == ACPI_SPACE_MEMORY && p.registers.bit_width == 32);
    assert_false(spcr_read(span_of(bytes, 79), &p));
    assert_int_equal(p.registers.address, 0);

    begin_spcr(SPCR_16550);
    put_gas(40, 1, 8, 0); /* no console */
    assert_false(spcr_read(made(), &p));
    begin_spcr(3); /* a PL011 */
    assert_false(spcr_read(made(), &p));
    begin_spcr(SPCR_16550);
    put_gas(40, 2, 8, 0x3f8); /* in PCI configuration space */
    assert_false(spcr_read(made(), &p));
}

/* A device of 38 bytes with one address at 22. */
static void append_device(uint16_t type, uint16_t subtype, uint64_t port)
{
    size_t at = num_bytes;

    num_bytes += 38;
    put(at + 1, 38, 2);
    put(at + 3, 1, 1);
    put(at + 12, type, 2);
    put(at + 14, subtype, 2);
    put(at + 18, 22, 2);
    put_gas(at + 22, 1, 8, port);
}

static void begin_dbg2(uint32_t num_devices)
{
    begin(44);
    put(36, 44, 4);
    put(40, num_devices, 4);
}

static void test_dbg2(void **state)
{
    struct spcr_port p;

    (void)state;
    begin_dbg2(4);
    append_device(0x8003, 0, 0x111); /* a network card */
    append_device(0x8000, 3, 0x222); /* a PL011 */
    append_device(0x8000, 0, 0x2f8); /* the one */
    append_device(0x8000, 1, 0x3f8);
    assert_true(dbg2_read(made(), &p));
    assert_true(p.kind == SPCR_16550 && p.registers.address == 0x2f8 && p.baud == 0 && p.irq == 0);

    put(44 + 2 * 38 + 3, 0, 1); /* it has no address, though there are bytes where one would be */
    assert_true(dbg2_read(made(), &p));
    assert_true(p.kind == SPCR_16550_SUBSET && p.registers.address == 0x3f8);
    put(44 + 3 * 38 + 18, 0xfff0, 2); /* its address lies behind it */
    assert_false(dbg2_read(made(), &p));

    begin_dbg2(UINT32_MAX); /* wild count */
    append_device(0x8003, 0, 0x111);
    assert_false(dbg2_read(made(), &p));
    begin_dbg2(2);
    append_device(0x8003, 0, 0x111);
    append_device(0x8000, 0, 0x2f8);
    put(45, 0, 2); /* a device of length 0 */
    assert_false(dbg2_read(made(), &p));
    put(36, UINT32_MAX, 4); /* devices beyond the end */
    assert_false(dbg2_read(made(), &p));
    begin(43);
    assert_false(dbg2_read(made(), &p));
}

static void test_bgrt(void **state)
{
    struct bgrt b;

    (void)state;
    assert_true(bgrt_read(SPAN(q35_bgrt), &b));
    assert_true(b.image_paddr == 0x5eb3018 && b.x == 543 && b.y == 371 && b.rotation == 0 && b.is_displayed);
    memcpy(bytes, q35_bgrt, sizeof q35_bgrt);
    bytes[38] = 6;
    assert_true(bgrt_read(span_of(bytes, sizeof q35_bgrt), &b));
    assert_true(b.rotation == 270 && !b.is_displayed);
    bytes[39] = 1;
    assert_false(bgrt_read(span_of(bytes, sizeof q35_bgrt), &b));
    assert_int_equal(b.image_paddr, 0);
    assert_false(bgrt_read(span_of(q35_bgrt, sizeof q35_bgrt - 1), &b));
}

static void test_srat_of_qemu(void **state)
{
    static const struct srat_entry expected[] = {
        {.kind = SRAT_CPU, .domain = 0, .apic_id = 0},
        {.kind = SRAT_CPU, .domain = 1, .apic_id = 1},
        {.kind = SRAT_MEMORY, .domain = 0, .base = 0, .size_bytes = 0xa0000},
        {.kind = SRAT_MEMORY, .domain = 0, .base = 0x100000, .size_bytes = 0x3f00000},
        {.kind = SRAT_MEMORY, .domain = 1, .base = 0x4000000, .size_bytes = 0x4000000},
        {.kind = SRAT_OTHER}, /* not enabled */
    };
    struct acpi_entries walk;
    struct srat_entry e;
    struct srat srat;

    (void)state;
    assert_true(srat_read(SPAN(q35_srat), &srat));
    assert_true(srat.num_domains == 2 && srat.error == NULL);
    srat_begin(&walk, SPAN(q35_srat));
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(srat_next(&walk, &e));
        assert_true(e.kind == expected[i].kind && e.domain == expected[i].domain);
        assert_true(e.apic_id == expected[i].apic_id && e.base == expected[i].base);
        assert_int_equal(e.size_bytes, expected[i].size_bytes);
    }
    assert_false(srat_next(&walk, &e));
}

static void test_srat_domains(void **state)
{
    struct acpi_entries walk;
    struct srat_entry e;
    struct srat srat;

    (void)state;
    begin(48);
    put(8, 3, 1);
    APPEND("\0\x10\x04\x09\x01\0\0\0\0\x03\x02\x01\0\0\0\0");
    APPEND("\x02\x18\0\0\x78\x56\x34\x12\x44\x33\x22\x11\x01\0\0\0\0\0\0\0\0\0\0\0");
    srat_begin(&walk, made());
    assert_true(srat_next(&walk, &e));
    assert_true(e.domain == 0x01020304 && e.apic_id == 9);
    assert_true(srat_next(&walk, &e));
    assert_true(e.domain == 0x12345678 && e.apic_id == 0x11223344);
    put(8, 1, 1); /* of that revision a domain has 8 bits */
    srat_begin(&walk, made());
    assert_true(srat_next(&walk, &e));
    assert_int_equal(e.domain, 4);
    APPEND("\x01\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    assert_true(srat_read(made(), &srat));
    assert_true(srat.num_domains == 2);
    assert_string_equal(srat.error, "an entry of it is too short");
    assert_false(srat_read(span_of(bytes, 47), &srat));
}

static void expect_s5(const char *aml, size_t n, int a, int b)
{
    uint8_t *copy = malloc(n); /* so that a read behind it is found */
    struct s5 s5 = {0xee, 0xee};

    memcpy(copy, aml, n);
    bool found = s5_read(span_of(copy, n), &s5);
    free(copy);
    assert_int_equal(found, a >= 0);
    assert_int_equal(s5.slp_typ_a, a >= 0 ? a : 0xee);
    assert_int_equal(s5.slp_typ_b, a >= 0 ? b : 0xee);
}

#define EXPECT_S5(aml, a, b) expect_s5(aml, sizeof aml - 1, a, b)
#define EXPECT_NO_S5(aml)    expect_s5(aml, sizeof aml - 1, -1, -1)

static void test_s5(void **state)
{
    struct s5 s5;

    (void)state;
    assert_true(s5_read(SPAN(pc_dsdt_part), &s5));
    assert_true(s5.slp_typ_a == 0 && s5.slp_typ_b == 0);
    EXPECT_S5("\x08_S5_\x12\x06\x02\x0a\x05\x0a\x03", 5, 3);
    EXPECT_S5("\x08\\_S5_\x12\x05\x02\x01\x0a\x07", 1, 7);
    EXPECT_S5("\x08_S5_\x12\x40\x01\x04\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1,
              0);                                                                /* two bytes of length: 16 */
    EXPECT_S5("\x08_S5_\x12\x89\0\0\x02\x0b\x05\0\x0a\x04", 5, 4);               /* three of them: 9 */
    EXPECT_S5("\x08_S5_\x12\xcc\0\0\0\x02\x0c\x06\0\0\0\x0a\x02", 6, 2);         /* and four: 12 */
    EXPECT_S5("\x08_S5_\x12\x05\x01\x0b\x05\x03", 5, 3);                         /* both in one */
    EXPECT_S5("\x08_S5_\x12\x03\x02\x01\x08_S5_\x12\x05\x02\x0a\x06\x01", 6, 1); /* the second one is sound */
    EXPECT_S5("\x08_S5_\x12\x06\x04\x0a\x05\0\0", 5, 0); /* fewer elements than told */
}

/* A package of `length` bytes, told in 1 + num_more of them; found only if all of it is there. */
static void expect_s5_of_length(uint32_t length, uint32_t num_more)
{
    size_t n = 6 + length;
    uint8_t *aml = calloc(1, n);
    struct s5 s5;

    memcpy(aml, "\x08_S5_\x12", 6);
    aml[6] = (uint8_t)(num_more << 6 | (num_more == 0 ? length : length & 15));
    for (uint32_t i = 0; i < num_more; i++)
        aml[7 + i] = (uint8_t)(length >> (4 + 8 * i));
    memcpy(aml + 7 + num_more, "\x02\x0a\x05\x01", 4);
    assert_true(s5_read(span_of(aml, n), &s5));
    assert_true(s5.slp_typ_a == 5 && s5.slp_typ_b == 1);
    assert_false(s5_read(span_of(aml, n - 1), &s5));
    free(aml);
}

static void test_s5_of_every_kind_of_length(void **state)
{
    (void)state;
    expect_s5_of_length(5, 0);
    expect_s5_of_length(63, 0);
    expect_s5_of_length(64, 1);
    expect_s5_of_length(4095, 1);
    expect_s5_of_length(4096 + 17, 2);
    expect_s5_of_length((1 << 20) - 1, 2);
    expect_s5_of_length((1 << 20) + 4096 + 17, 3);
}

static void test_s5_that_is_none(void **state)
{
    (void)state;
    EXPECT_NO_S5("");
    EXPECT_NO_S5("\x08_S4_\x12\x04\x02\x01\x01");
    EXPECT_NO_S5("\x14_S5_\x12\x04\x02\x01\x01");             /* not Name */
    EXPECT_NO_S5("\x08_S5_\x13\x04\x02\x01\x01");             /* not Package */
    EXPECT_NO_S5("\x08_S5_\x12\x04\0\x01\x01");               /* no elements */
    EXPECT_NO_S5("\x08_S5_\x12\0\x02\x01\x01");               /* no length */
    EXPECT_NO_S5("\x08_S5_\x12\x05\x02\x01\x01");             /* over the end */
    EXPECT_NO_S5("\x08_S5_\x12\x06\x02\x0a\x08\x0a\x01");     /* 8 is none of 3 bits */
    EXPECT_NO_S5("\x08_S5_\x12\x04\x02\x68\x01");             /* an argument, not a constant */
    EXPECT_NO_S5("\x08_S5_\x12\x04\x02\x01\x0a\x05");         /* the second one behind the package */
    EXPECT_NO_S5("\x08_S5_\x12\xff\xff\xff\xff\x02\x01\x01"); /* as long as can be */
    EXPECT_NO_S5("\x08_S5_\x12\x04\x01\x0b\x05\x03");         /* a word of one byte, then the package's end */
    EXPECT_NO_S5("\x08_S5_\x12");
    EXPECT_NO_S5("\x08_S5_");
    EXPECT_NO_S5("\x08\\");
    EXPECT_NO_S5("\x08");
}

/* Everything there is, on bytes of any kind: that each ends and leaves nothing but its span is for ASan to
 * say. */
static void read_all(const uint8_t *data, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);
    struct span s = {copy, n};
    struct acpi_entries walk;
    union {
        struct madt madt;
        struct madt_entry entry;
        struct fadt fadt;
        struct hpet hpet;
        struct mcfg_range range;
        struct spcr_port port;
        struct bgrt bgrt;
        struct srat srat;
        struct s5 s5;
    } to;

    memcpy(copy, data, n);
    madt_read(s, &to.madt);
    madt_begin(&walk, s);
    while (madt_next(&walk, &to.entry))
        assert_true(walk.at <= n);
    fadt_read(s, &to.fadt);
    hpet_read(s, &to.hpet);
    for (uint32_t i = 0; i < 3; i++)
        mcfg_read(s, i, &to.range);
    spcr_read(s, &to.port);
    dbg2_read(s, &to.port);
    bgrt_read(s, &to.bgrt);
    srat_read(s, &to.srat);
    s5_read(s, &to.s5);
    free(copy);
}

static const struct span samples[] = {
    {pc_fadt, sizeof pc_fadt},   {q35_fadt, sizeof q35_fadt},         {q35_madt, sizeof q35_madt},
    {q35_hpet, sizeof q35_hpet}, {q35_mcfg, sizeof q35_mcfg},         {q35_srat, sizeof q35_srat},
    {q35_bgrt, sizeof q35_bgrt}, {pc_dsdt_part, sizeof pc_dsdt_part},
};

#define NUM_SAMPLES (sizeof samples / sizeof samples[0])

static void test_every_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_SAMPLES; i++) {
        for (size_t n = 0; n <= samples[i].n; n++)
            read_all(samples[i].p, n);
    }
    begin_dbg2(3);
    append_device(0x8003, 0, 0x111);
    append_device(0x8000, 0, 0);
    append_device(0x8000, 0, 0x3f8);
    for (size_t n = 0; n <= num_bytes; n++)
        read_all(bytes, n);
}

/* Several bytes of each sample changed, over and over. */
static void test_random_changes(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (uint32_t round = 0; round < 20000; round++) {
        struct span sample = samples[random_u64(&seed) % NUM_SAMPLES];

        memcpy(bytes, sample.p, sample.n);
        for (uint64_t i = random_u64(&seed) % 8 + 1; i > 0; i--)
            bytes[random_u64(&seed) % sample.n] = (uint8_t)random_u64(&seed);
        read_all(bytes, sample.n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_madt_of_qemu),
        cmocka_unit_test(test_madt_entries),
        cmocka_unit_test(test_madt_cpu_without_an_id),
        cmocka_unit_test(test_madt_that_lies),
        cmocka_unit_test(test_fadt_of_pc),
        cmocka_unit_test(test_fadt_of_q35),
        cmocka_unit_test(test_fadt_fields),
        cmocka_unit_test(test_fadt_of_every_length),
        cmocka_unit_test(test_hpet),
        cmocka_unit_test(test_mcfg),
        cmocka_unit_test(test_spcr),
        cmocka_unit_test(test_dbg2),
        cmocka_unit_test(test_bgrt),
        cmocka_unit_test(test_srat_of_qemu),
        cmocka_unit_test(test_srat_domains),
        cmocka_unit_test(test_s5),
        cmocka_unit_test(test_s5_of_every_kind_of_length),
        cmocka_unit_test(test_s5_that_is_none),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_random_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
