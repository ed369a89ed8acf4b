/* units: kernel/firmware/acpi_tables.c kernel/firmware/fadt.c kernel/firmware/acpi_gas.c
 * kernel/memory/memory_map.c */
/*
 * The list of ACPI tables, in a machine of a few tables: each is memory of its own, so that ASan finds a read
 * behind it, at the physical address that the test says.
 */
#include "tests/host/host_test.h"

#include "kernel/boot/boot_info.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/lib/checksum.h"
#include "kernel/memory/phys.h"

#define MAX_PIECES 160

#define RSDT UINT64_C(0x10000)
#define XSDT UINT64_C(0x20000)
#define FACP UINT64_C(0x30000)
#define DSDT UINT64_C(0x40000)
#define FACS UINT64_C(0x50000)
#define APIC UINT64_C(0x60000)
#define HIGH UINT64_C(0x123456000)
#define MMIO UINT64_C(0xfee00000)
#define RAM  UINT64_C(0x1000000)

struct boot_info boot_info;
static struct memory_map_work work;

static struct {
    uint64_t paddr;
    uint8_t *p;
    size_t n;
} pieces[MAX_PIECES];
static size_t num_pieces;

struct span phys_span(uint64_t paddr, size_t n)
{
    assert_true(n <= PHYS_SPAN_MAX_BYTES);
    for (size_t i = 0; i < num_pieces; i++) {
        if (paddr >= pieces[i].paddr && paddr - pieces[i].paddr <= pieces[i].n &&
            n <= pieces[i].n - (paddr - pieces[i].paddr))
            return span_of(pieces[i].p + (paddr - pieces[i].paddr), n);
    }
    return span_of(NULL, 0);
}

static int clear(void **state)
{
    (void)state;
    while (num_pieces > 0)
        free(pieces[--num_pieces].p);
    memset(&boot_info, 0, sizeof boot_info);
    memory_map_begin(&boot_info.memory_map, &work);
    memory_map_add(&boot_info.memory_map, &work, 0x10000, 0x90000, MEMORY_ACPI_RECLAIMABLE);
    memory_map_add(&boot_info.memory_map, &work, RAM, 0x1000000, MEMORY_USABLE);
    memory_map_add(&boot_info.memory_map, &work, MMIO, 0x1000, MEMORY_MMIO);
    memory_map_add(&boot_info.memory_map, &work, HIGH, 0x10000, MEMORY_RESERVED);
    memory_map_normalise(&boot_info.memory_map, &work);
    return 0;
}

static void set(uint8_t *p, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static void fix_sum(uint8_t *p, size_t n)
{
    p[9] = 0;
    p[9] = (uint8_t)-checksum8(span_of(p, n));
}

/* A sound table of `n` bytes. */
static uint8_t *add(uint64_t paddr, const char *signature, size_t n)
{
    uint8_t *p = calloc(1, n);

    assert_true(num_pieces < MAX_PIECES);
    memcpy(p, signature, 4);
    set(p + 4, n, 4);
    p[8] = 2;
    memcpy(p + 10, "JANUS\x01", 6);
    if (memcmp(signature, "FACS", 4) != 0)
        fix_sum(p, n);
    pieces[num_pieces].paddr = paddr;
    pieces[num_pieces].p = p;
    pieces[num_pieces++].n = n;
    return p;
}

static uint8_t *add_root(uint64_t paddr, const char *signature, const uint64_t *entries, size_t num)
{
    size_t width = memcmp(signature, "XSDT", 4) == 0 ? 8 : 4, n = ACPI_HEADER_BYTES + num * width;
    uint8_t *p = add(paddr, signature, n);

    for (size_t i = 0; i < num; i++)
        set(p + ACPI_HEADER_BYTES + i * width, entries[i], width);
    fix_sum(p, n);
    return p;
}

#define NUM(array)                        (sizeof array / sizeof array[0])
#define ADD_ROOT(paddr, signature, array) add_root(paddr, signature, array, NUM(array))

static uint8_t *add_fadt(uint64_t facs, uint64_t dsdt, uint64_t x_facs, uint64_t x_dsdt)
{
    uint8_t *p = add(FACP, "FACP", 244);

    set(p + 36, facs, 4);
    set(p + 40, dsdt, 4);
    set(p + 132, x_facs, 8);
    set(p + 140, x_dsdt, 8);
    fix_sum(p, 244);
    return p;
}

static void init(uint64_t rsdt, uint64_t xsdt)
{
    const struct rsdp rsdp = {2, rsdt, xsdt};

    acpi_tables_init(&rsdp);
}

static void expect_row(uint32_t number, const char *signature, uint64_t paddr, const char *error)
{
    const struct acpi_table *table = acpi_table_at(number);

    assert_non_null(table);
    assert_string_equal(table->signature, signature);
    assert_int_equal(table->paddr, paddr);
    if (error == NULL)
        assert_null(table->error);
    else
        assert_string_equal(table->error, error);
    assert_int_equal(table->bytes.n, error == NULL ? table->length_bytes : 0);
}

static void test_xsdt(void **state)
{
    static const uint64_t entries[] = {FACP, APIC, HIGH};

    (void)state;
    ADD_ROOT(XSDT, "XSDT", entries);
    add_fadt(FACS, DSDT, 0, 0);
    add(APIC, "SSDT", 40);
    add(HIGH, "SSDT", 50);
    add(DSDT, "DSDT", 60);
    add(FACS, "FACS", 64)[32] = 1;
    init(RSDT, XSDT); /* there is no RSDT: it is not looked at */
    expect_row(0, "XSDT", XSDT, NULL);
    expect_row(1, "FACP", FACP, NULL);
    expect_row(2, "SSDT", APIC, NULL);
    expect_row(3, "SSDT", HIGH, NULL);
    expect_row(4, "FACS", FACS, NULL);
    expect_row(5, "DSDT", DSDT, NULL);
    assert_null(acpi_table_at(6));
    assert_ptr_equal(acpi_root(), acpi_table_at(0));
    assert_string_equal(acpi_table_at(1)->oem_id, "JANUS?");
    assert_int_equal(acpi_table_at(1)->revision, 2);
    assert_string_equal(acpi_table_at(4)->oem_id, "");
    assert_int_equal(acpi_table_at(4)->revision, 1);
    assert_int_equal(acpi_count("SSDT"), 2);
    assert_int_equal(acpi_find("SSDT", 0).n, 40);
    assert_int_equal(acpi_find("SSDT", 1).n, 50);
    assert_int_equal(acpi_find("SSDT", 2).n, 0);
    assert_int_equal(acpi_find("HPET", 0).n, 0);
    assert_int_equal(acpi_num_lost(), 0);
}

static void test_rsdt(void **state)
{
    static const uint64_t entries[] = {APIC};

    (void)state;
    ADD_ROOT(RSDT, "RSDT", entries);
    add(APIC, "APIC", 44);
    init(RSDT, 0);
    expect_row(0, "RSDT", RSDT, NULL);
    expect_row(1, "APIC", APIC, NULL);
    assert_null(acpi_table_at(2));
    init(0, 0);
    assert_null(acpi_table_at(0));
    assert_null(acpi_root());
}

static void expect_fall_back(const char *error, const char *signature)
{
    init(RSDT, XSDT);
    expect_row(0, signature, XSDT, error);
    expect_row(1, "RSDT", RSDT, NULL);
    expect_row(2, "APIC", APIC, NULL);
    assert_ptr_equal(acpi_root(), acpi_table_at(1));
}

static void test_unsound_xsdt(void **state)
{
    static const uint64_t entries[] = {APIC};

    (void)state;
    ADD_ROOT(RSDT, "RSDT", entries);
    add(APIC, "APIC", 44);
    expect_fall_back("cannot be mapped", ""); /* in memory, says the map */
    uint8_t *xsdt = ADD_ROOT(XSDT, "XSDT", entries);
    xsdt[40]++;
    expect_fall_back("wrong checksum", "XSDT");
    set(xsdt + 4, 35, 4);
    expect_fall_back("wrong length", "XSDT");
    xsdt[0] = 'Y';
    expect_fall_back("wrong signature", "YSDT");
    init(XSDT, XSDT); /* neither is one */
    assert_null(acpi_root());
    init(RSDT, RSDT); /* its RSDT, told as XSDT */
    expect_row(0, "RSDT", RSDT, "wrong signature");
    expect_row(1, "RSDT", RSDT, NULL);
}

/* Of every entry that cannot be a table, and of tables that lie. */
static void test_faults(void **state)
{
    static const uint64_t entries[] = {
        0, XSDT, APIC, APIC, MMIO, UINT64_MAX, 0x61000, 0x62000, 0x63000, 0x64000, UINT64_C(1) << 40};

    (void)state;
    ADD_ROOT(XSDT, "XSDT", entries);
    add(APIC, "APIC", 44);
    add(0x61000, "LIAR", 44)[43] = 1;
    set(add(0x62000, "LONG", 44) + 4, 45, 4);
    set(add(0x63000, "VAST", 44) + 4, UINT32_MAX, 4);
    add(0x64000, "\x01\xff ~", 44);
    init(0, XSDT);
    expect_row(1, "", 0, "an entry of 0");
    expect_row(2, "", XSDT, "listed twice");
    expect_row(3, "APIC", APIC, NULL);
    expect_row(4, "", APIC, "listed twice");
    expect_row(5, "", MMIO, "in MMIO");
    expect_row(6, "", UINT64_MAX, "outside the memory map");
    expect_row(7, "LIAR", 0x61000, "wrong checksum");
    expect_row(8, "LONG", 0x62000, "longer than its memory");
    expect_row(9, "VAST", 0x63000, "wrong length");
    expect_row(10, "?? ~", 0x64000, NULL);
    expect_row(11, "", UINT64_C(1) << 40, "outside the memory map");
    assert_null(acpi_table_at(12));
    assert_int_equal(acpi_find("LIAR", 0).n, 0);
    assert_int_equal(acpi_count("LIAR"), 0);
}

static void test_parts_of_the_fadt(void **state)
{
    static const uint64_t entries[] = {FACP, DSDT};

    (void)state;
    ADD_ROOT(XSDT, "XSDT", entries);
    uint8_t *dsdt = add(DSDT, "DSDT", 60);
    add(HIGH, "DSDT", 70);
    add_fadt(0, APIC, 0, HIGH); /* 64-bit before 32-bit */
    init(0, XSDT);
    expect_row(3, "DSDT", HIGH, NULL);
    assert_null(acpi_table_at(4));
    clear(NULL);

    ADD_ROOT(XSDT, "XSDT", entries);
    dsdt = add(DSDT, "DSDT", 60);
    add_fadt(0, 0, 0, DSDT); /* listed as well: no fault, and once */
    init(0, XSDT);
    assert_null(acpi_table_at(3));
    clear(NULL);

    add_root(XSDT, "XSDT", entries, 1);
    dsdt = add(DSDT, "DSDT", 60);
    add_fadt(0, DSDT, 0, HIGH); /* nothing there: the older field is better */
    init(0, XSDT);
    expect_row(2, "", HIGH, "cannot be mapped");
    expect_row(3, "DSDT", DSDT, NULL);
    assert_int_equal(acpi_find("DSDT", 0).n, 60);

    dsdt[0] = 'S';
    fix_sum(dsdt, 60);
    init(0, XSDT);
    expect_row(3, "SSDT", DSDT, "wrong signature");
    assert_null(acpi_table_at(4));
}

static void test_more_than_there_is_room_for(void **state)
{
    uint64_t entries[ACPI_MAX_TABLES + 12];

    (void)state;
    for (size_t i = 0; i < NUM(entries); i++) {
        entries[i] = 0x60000 + 64 * i;
        add(entries[i], "SSDT", 64);
    }
    ADD_ROOT(XSDT, "XSDT", entries);
    init(0, XSDT);
    assert_null(acpi_table_at(ACPI_MAX_TABLES));
    assert_int_equal(acpi_count("SSDT"), ACPI_MAX_TABLES - 1);
    assert_int_equal(acpi_num_lost(), 13);
}

static uint64_t type_at(uint64_t paddr)
{
    const struct memory_region *r = memory_map_find(&boot_info.memory_map, paddr);

    return r != NULL ? r->type : 0;
}

/* Whole pages of what holds them are nobody's to hand out; the rest stays free. */
static void test_tables_in_usable_memory(void **state)
{
    static const uint64_t entries[] = {RAM + 0x1f00, RAM + 0x2100, RAM + 0x5000, RAM + 0xfff000};

    (void)state;
    ADD_ROOT(XSDT, "XSDT", entries);
    add(RAM + 0x1f00, "SSDT", 0x200);
    add(RAM + 0x2100, "SSDT", 0x1000);
    add(RAM + 0x5000, "LIAR", 64)[63] = 1;
    add(RAM + 0xfff000, "SSDT", 0x1000);
    init(0, XSDT);
    assert_int_equal(acpi_count("SSDT"), 3);
    assert_int_equal(type_at(RAM), MEMORY_USABLE);
    for (uint64_t page = 1; page < 4; page++)
        assert_int_equal(type_at(RAM + page * 4096), MEMORY_ACPI_RECLAIMABLE);
    assert_int_equal(type_at(RAM + 0x4000), MEMORY_USABLE);
    assert_int_equal(type_at(RAM + 0x5000), MEMORY_USABLE);
    assert_int_equal(type_at(RAM + 0xffe000), MEMORY_USABLE);
    assert_int_equal(type_at(RAM + 0xfff000), MEMORY_ACPI_RECLAIMABLE);
}

/* A map that has no room for one more region: such a table may be overwritten at any time. */
static void test_usable_memory_that_cannot_be_claimed(void **state)
{
    static const uint64_t entries[] = {RAM + 0x1000};
    struct memory_map *map = &boot_info.memory_map;

    (void)state;
    ADD_ROOT(XSDT, "XSDT", entries);
    add(RAM + 0x1000, "SSDT", 0x200);
    for (uint32_t i = map->num_regions; i < MEMORY_MAP_MAX_REGIONS; i++) {
        uint64_t base = HIGH + 0x100000 + i * UINT64_C(0x2000);
        map->regions[map->num_regions++] = (struct memory_region){base, base + 0x1000, MEMORY_RESERVED};
    }
    init(0, XSDT);
    expect_row(1, "SSDT", RAM + 0x1000, "in memory that is free");
}

/* Every length of a root table, with the right checksum. */
static void test_root_of_every_length(void **state)
{
    static const uint64_t entries[] = {APIC, HIGH};

    (void)state;
    add(APIC, "SSDT", 44);
    add(HIGH, "SSDT", 44);
    for (size_t n = 0; n <= ACPI_HEADER_BYTES + 16; n++) {
        uint8_t *xsdt = ADD_ROOT(XSDT, "XSDT", entries);
        set(xsdt + 4, n, 4);
        fix_sum(xsdt, n >= 10 ? n : 10);
        init(0, XSDT);
        if (n < ACPI_HEADER_BYTES)
            expect_row(0, "XSDT", XSDT, "wrong length");
        else
            assert_int_equal(acpi_count("SSDT"), (n - ACPI_HEADER_BYTES) / 8);
        free(pieces[--num_pieces].p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_xsdt, clear),
        cmocka_unit_test_setup(test_rsdt, clear),
        cmocka_unit_test_setup(test_unsound_xsdt, clear),
        cmocka_unit_test_setup(test_faults, clear),
        cmocka_unit_test_setup(test_parts_of_the_fadt, clear),
        cmocka_unit_test_setup(test_more_than_there_is_room_for, clear),
        cmocka_unit_test_setup(test_tables_in_usable_memory, clear),
        cmocka_unit_test_setup(test_usable_memory_that_cannot_be_claimed, clear),
        cmocka_unit_test_setup(test_root_of_every_length, clear),
    };
    return cmocka_run_group_tests(tests, NULL, clear);
}
