/* units: kernel/devices/pci_header.c kernel/devices/pci_walk.c */
/*
 * PCI: headers of every layout and length, and the walk over machines made of a few rows.
 */
#include "tests/host/host_test.h"

#include "kernel/devices/pci_walk.h"

#define CONFIG_BYTES 256u

static void put32(uint8_t *config, size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        config[at + i] = (uint8_t)(value >> (8 * i));
}

static void test_header(void **state)
{
    uint8_t config[CONFIG_BYTES] = {0};
    struct pci_header h;

    (void)state;
    put32(config, 0x00, 0x12345678);
    put32(config, 0x08, 0x03010205);
    config[0x0e] = 0x80;
    config[0x19] = 7;
    assert_true(pci_header_read(span_of(config, sizeof config), &h));
    assert_int_equal(h.vendor, 0x5678);
    assert_int_equal(h.device, 0x1234);
    assert_int_equal(h.class, PCI_CLASS_DISPLAY);
    assert_int_equal(h.subclass, 1);
    assert_int_equal(h.prog_if, 2);
    assert_int_equal(h.revision, 5);
    assert_int_equal(h.layout, PCI_LAYOUT_DEVICE);
    assert_true(h.is_multi_function);
    assert_int_equal(h.secondary_bus, 0); /* no bridge, so no bus */
    config[0x0e] = 0x01;
    assert_true(pci_header_read(span_of(config, sizeof config), &h));
    assert_false(h.is_multi_function);
    assert_int_equal(h.secondary_bus, 7);
    config[0x0e] = 0x82;
    assert_true(pci_header_read(span_of(config, sizeof config), &h));
    assert_int_equal(h.layout, PCI_LAYOUT_CARDBUS);
    assert_int_equal(h.secondary_bus, 7);
    config[0x0e] = 0x7f;
    assert_true(pci_header_read(span_of(config, sizeof config), &h));
    assert_int_equal(h.secondary_bus, 0);
}

static void test_nobody(void **state)
{
    uint8_t config[CONFIG_BYTES];
    struct pci_header h;

    (void)state;
    memset(config, 0xff, sizeof config);
    assert_false(pci_header_read(span_of(config, sizeof config), &h));
    memset(config, 0, sizeof config);
    assert_false(pci_header_read(span_of(config, sizeof config), &h));
    config[2] = 1; /* a device of nobody's */
    assert_false(pci_header_read(span_of(config, sizeof config), &h));
}

/* Every shorter header is read without leaving it. */
static void test_cut(void **state)
{
    uint8_t config[CONFIG_BYTES];

    (void)state;
    memset(config, 0x01, sizeof config);
    for (size_t n = 0; n <= sizeof config; n++) {
        uint8_t *copy = malloc(n > 0 ? n : 1);
        struct pci_header h;
        struct pci_bar bar;

        memcpy(copy, config, n);
        assert_int_equal(pci_header_read(span_of(copy, n), &h), n >= PCI_HEADER_BYTES);
        for (uint32_t i = 0; i < 6;)
            i = pci_bar_read(span_of(copy, n), i, &bar);
        free(copy);
    }
}

static void test_bars(void **state)
{
    uint8_t config[CONFIG_BYTES] = {0};
    struct span all = span_of(config, sizeof config);
    struct pci_bar bar;

    (void)state;
    put32(config, 0x10, 0xc001);     /* I/O */
    put32(config, 0x14, 0xfebf0008); /* memory, 32 bits, prefetchable */
    put32(config, 0x18, 0x0000000c); /* memory, 64 bits, prefetchable */
    put32(config, 0x1c, 0x00000070);
    put32(config, 0x24, 0xfebd0004); /* 64 bits in the last register: what is behind it is no address */
    put32(config, 0x28, 0x00000000);
    assert_int_equal(pci_bar_read(all, 0, &bar), 1);
    assert_true(bar.is_io && !bar.is_64bit && !bar.is_prefetchable);
    assert_int_equal(bar.base, 0xc000);
    assert_int_equal(pci_bar_read(all, 1, &bar), 2);
    assert_true(!bar.is_io && !bar.is_64bit && bar.is_prefetchable);
    assert_int_equal(bar.base, 0xfebf0000);
    assert_int_equal(pci_bar_read(all, 2, &bar), 4);
    assert_true(!bar.is_io && bar.is_64bit && bar.is_prefetchable);
    assert_int_equal(bar.base, 0x7000000000);
    assert_int_equal(pci_bar_read(all, 4, &bar), 5);
    assert_int_equal(bar.base, 0);
    assert_int_equal(pci_bar_read(all, 5, &bar), 7);
    assert_int_equal(pci_num_bars(PCI_LAYOUT_DEVICE), 6);
    assert_int_equal(pci_num_bars(PCI_LAYOUT_BRIDGE), 2);
    assert_int_equal(pci_num_bars(PCI_LAYOUT_CARDBUS), 0);
}

/* A machine: its functions, and for bridges the bus behind them. */
struct row {
    uint8_t bus, device, function, type, secondary;
};

static struct {
    const struct row *rows;
    size_t num_rows;
    uint32_t num_reads;
    bool is_everywhere; /* every function of every bus is a bridge, to a bus that depends on where it is */
} machine;

static uint32_t config_of(const struct row *row, uint32_t offset)
{
    switch (offset) {
    case 0x00:
        return 0x8086u | (uint32_t)(row->bus * 256 + row->device * 8 + row->function) << 16;
    case 0x0c:
        return (uint32_t)row->type << 16;
    case 0x18:
        return (uint32_t)row->secondary << 8;
    default:
        return 0;
    }
}

static uint32_t read_config(struct pci_address at, uint32_t offset)
{
    const struct row everywhere = {at.bus, at.device, at.function, 0x81,
                                   (uint8_t)(at.bus * 3 + at.device * 5 + 1)};

    assert_true(at.segment == 7 && at.device < 32 && at.function < 8 && offset < 64 && offset % 4 == 0);
    machine.num_reads++;
    if (machine.is_everywhere)
        return config_of(&everywhere, offset);
    for (size_t i = 0; i < machine.num_rows; i++) {
        const struct row *row = &machine.rows[i];

        if (row->bus == at.bus && row->device == at.device && row->function == at.function)
            return config_of(row, offset);
    }
    return UINT32_MAX;
}

static uint32_t walk(const struct row *rows, size_t num_rows, struct pci_function *list, uint32_t room)
{
    const struct pci_buses buses = {7, 0, 255};

    memset(&machine, 0, sizeof machine);
    machine.rows = rows;
    machine.num_rows = num_rows;
    return pci_walk(buses, read_config, list, room);
}

/* The functions found are these, in this order; -1 ends the list. */
static void expect_walk(const struct row *rows, size_t num_rows, const int *expected)
{
    struct pci_function list[64];
    uint32_t num = walk(rows, num_rows, list, 64), i = 0;

    for (; expected[i] >= 0; i++) {
        const struct row *row = &rows[expected[i]];

        assert_true(i < num);
        assert_int_equal(list[i].at.segment, 7);
        assert_int_equal(list[i].at.bus, row->bus);
        assert_int_equal(list[i].at.device, row->device);
        assert_int_equal(list[i].at.function, row->function);
        assert_int_equal(list[i].header.device, row->bus * 256 + row->device * 8 + row->function);
    }
    assert_int_equal(num, i);
}

static void test_functions(void **state)
{
    static const struct row rows[] = {
        {0, 0, 0, 0x00, 0},  {0, 0, 1, 0x00, 0}, /* has one function, so nobody asks for more */
        {0, 3, 0, 0x80, 0},  {0, 3, 2, 0x00, 0}, {0, 3, 7, 0x80, 0}, /* has several, with gaps */
        {0, 9, 1, 0x80, 0},                      /* has no function 0, so it is not there */
        {0, 31, 0, 0x00, 0}, {1, 0, 0, 0x00, 0}, /* on a bus that no bridge leads to */
    };
    static const int found[] = {0, 2, 3, 4, 6, -1};

    (void)state;
    expect_walk(rows, sizeof rows / sizeof rows[0], found);
}

/* Buses in any order, each walked once; bridges that lead nowhere, to themselves and back. */
static void test_bridges(void **state)
{
    static const struct row rows[] = {
        {0, 0, 0, 0x00, 0}, {0, 1, 0, 0x01, 9},     {0, 2, 0, 0x02, 200},
        {0, 4, 0, 0x01, 0}, /* not set up */
        {9, 0, 0, 0x01, 3}, {9, 1, 0, 0x01, 9},     {9, 2, 0, 0x01, 200},
        {3, 5, 0, 0x01, 9}, {200, 6, 0, 0x01, 255}, {255, 31, 0, 0x00, 0},
    };
    static const int found[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1};

    (void)state;
    expect_walk(rows, sizeof rows / sizeof rows[0], found);
}

static void test_buses_outside(void **state)
{
    static const struct row rows[] = {
        {16, 0, 0, 0x01, 17}, {16, 1, 0, 0x01, 21}, {16, 2, 0, 0x01, 2},
        {17, 0, 0, 0, 0},     {21, 0, 0, 0, 0},     {2, 0, 0, 0, 0},
    };
    const struct pci_buses buses = {7, 16, 20};
    struct pci_function list[8];

    (void)state;
    memset(&machine, 0, sizeof machine);
    machine.rows = rows;
    machine.num_rows = sizeof rows / sizeof rows[0];
    assert_int_equal(pci_walk(buses, read_config, list, 8), 4);
    assert_int_equal(list[3].at.bus, 17);
}

/* More than there is room for: all are counted, none is stored beyond it. */
static void test_room(void **state)
{
    static const struct row rows[] = {{0, 0, 0, 0, 0}, {0, 1, 0, 0, 0}, {0, 2, 0, 0, 0}};

    (void)state;
    for (uint32_t room = 0; room <= 3; room++) {
        struct pci_function *list = malloc(room > 0 ? room * sizeof *list : 1);

        assert_int_equal(walk(rows, 3, list, room), 3);
        free(list);
    }
}

/* Bridges everywhere, in loops: the walk ends after each bus once. */
static void test_loops(void **state)
{
    const struct pci_buses buses = {7, 0, 255};
    struct pci_function list[1];

    (void)state;
    memset(&machine, 0, sizeof machine);
    machine.is_everywhere = true;
    assert_int_equal(pci_walk(buses, read_config, list, 1), 256 * 32 * 8);
    assert_int_equal(machine.num_reads, 256 * 32 * 8 * (PCI_HEADER_BYTES / 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header),        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_cut),           cmocka_unit_test(test_bars),
        cmocka_unit_test(test_functions),     cmocka_unit_test(test_bridges),
        cmocka_unit_test(test_buses_outside), cmocka_unit_test(test_room),
        cmocka_unit_test(test_loops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
