/* units:  */
/*
 * The serial driver on a 16550 made of a few variables, on ports where there is none, and on one that stops.
 */
#include "tests/host/host_test.h"

#define KERNEL_CPU_H /* the port below instead of the machine's */

static void out8(uint16_t port, uint8_t value);
static uint8_t in8(uint16_t port);

#include "kernel/console/serial.c"

#define PORT 0x2f8

static struct {
    int absent;         /* -1: present; otherwise what every read gives */
    bool loopback_dead; /* has a scratch register, but is no UART */
    bool stuck;         /* takes no more bytes */
    uint32_t busy;      /* reads of the status until the FIFO is empty again */
    uint8_t r[8], divisor[2];
    uint8_t fifo[16];
    uint32_t in_fifo;
    int looped;     /* the byte in the receiver; -1: none */
    uint8_t errors; /* with that byte */
    uint8_t line[4096];
    size_t num_line;
    uint8_t identity;
    uint64_t num_reads, num_writes;
} uart;

static bool divisor_latch(void)
{
    return uart.r[3] & 0x80;
}

static void transmit(uint8_t value)
{
    if (uart.r[4] & 0x10) {
        uart.looped = uart.loopback_dead ? -1 : value;
        return;
    }
    assert_int_equal(uart.r[4] & 3, 3); /* DTR and RTS are up */
    assert_int_equal(uart.r[3], 3);     /* 8N1 */
    assert_true(uart.in_fifo < 16);     /* none is lost */
    assert_true(uart.busy == 0 || uart.in_fifo > 0);
    uart.fifo[uart.in_fifo++] = value;
    uart.busy = 5;
}

static void out8(uint16_t port, uint8_t value)
{
    uint32_t reg = port - PORT;

    assert_true(reg < 8);
    uart.num_writes++;
    if (uart.absent >= 0)
        return;
    if (reg < 2 && divisor_latch())
        uart.divisor[reg] = value;
    else if (reg == 0)
        transmit(value);
    else
        uart.r[reg] = value;
}

static uint8_t status(void)
{
    uint8_t received = uart.looped >= 0;

    if (uart.busy > 0 && !uart.stuck && --uart.busy == 0) {
        assert_true(uart.num_line + uart.in_fifo <= sizeof uart.line);
        memcpy(uart.line + uart.num_line, uart.fifo, uart.in_fifo);
        uart.num_line += uart.in_fifo;
        uart.in_fifo = 0;
    }
    return (uint8_t)(received | (received ? uart.errors : 0) | (uart.busy == 0 && !uart.stuck ? 0x60 : 0));
}

static uint8_t in8(uint16_t port)
{
    uint32_t reg = port - PORT;

    assert_true(reg < 8);
    uart.num_reads++;
    if (uart.absent >= 0)
        return (uint8_t)uart.absent;
    if (reg == 0 && !divisor_latch()) {
        int byte = uart.looped;

        uart.looped = -1;
        return (uint8_t)byte;
    }
    return reg == 5 ? status() : reg == 2 ? uart.identity : uart.r[reg];
}

static int reset(void **state)
{
    (void)state;
    memset(&uart, 0, sizeof uart);
    uart.absent = -1;
    uart.looped = -1;
    uart.identity = 0xc1;
    return 0;
}

static void test_present(void **state)
{
    struct serial serial;

    (void)state;
    uart.r[3] = 0x80; /* someone left the divisor showing */
    uart.divisor[1] = 9;
    assert_true(serial_init(&serial, PORT));
    assert_int_equal(uart.divisor[0], 1);
    assert_int_equal(uart.divisor[1], 0);
    assert_int_equal(uart.r[3], 3);
    assert_int_equal(uart.r[1], 0);
    assert_int_equal(uart.r[2] & 1, 1);
    assert_int_equal(uart.r[4] & 0x13, 3);
    assert_int_equal(uart.num_line, 0);
}

/* Other speeds, and the one the firmware has set. */
static void test_divisor(void **state)
{
    struct serial serial = {.port = PORT, .stride_bytes = 1};

    (void)state;
    assert_true(serial_open(&serial, 0x1234));
    assert_int_equal(uart.divisor[0], 0x34);
    assert_int_equal(uart.divisor[1], 0x12);
    assert_true(serial_open(&serial, 0));
    assert_int_equal(uart.divisor[0], 0x34);
    assert_int_equal(uart.divisor[1], 0x12);
    assert_int_equal(uart.r[3], 3);
    assert_int_equal(uart.r[1], 0);
}

/* Registers that no UART has so: nothing is written to what may be another device. */
static void test_not_written_to(void **state)
{
    struct serial serial;
    struct {
        uint8_t modem, identity;
        int absent;
    } rows[] = {{0x40, 0xc1, -1}, {0x80, 0xc1, -1}, {0, 0x10, -1}, {0, 0xc1, 0xff}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        reset(state);
        uart.r[4] = rows[i].modem;
        uart.identity = rows[i].identity;
        uart.absent = rows[i].absent;
        assert_false(serial_init(&serial, PORT));
        assert_int_equal(uart.num_writes, 0);
    }
}

/* In memory: RAM that says it is ready, and gives back what it is given, as a UART in loopback does. */
static void test_in_memory(void **state)
{
    (void)state;
    for (uint8_t stride = 1; stride <= 4; stride += 3) {
        uint8_t *memory = calloc(8, stride);
        struct serial serial = {.port = (uintptr_t)memory, .stride_bytes = stride};

        memory[5 * stride] = 0x61;
        assert_true(serial_open(&serial, 0));
        assert_int_equal(memory[3 * stride], 3);
        assert_int_equal(memory[4 * stride], 0x0f);
        assert_int_equal(memory[7 * stride], 0xa5);
        assert_true(serial_write(&serial, (const uint8_t *)"xyz", 3));
        assert_int_equal(memory[0], 'z');
        assert_int_equal(uart.num_reads + uart.num_writes, 0);
        memory[5 * stride] = 0xff;
        serial.port = (uintptr_t)memory;
        assert_false(serial_open(&serial, 0));
        assert_int_equal(serial.port, 0);
        free(memory);
    }
}

static void expect_absent(void)
{
    struct serial serial;

    assert_false(serial_init(&serial, PORT));
    assert_int_equal(serial_write_some(&serial, (const uint8_t *)"abc", 3), 0);
    assert_false(serial_write(&serial, (const uint8_t *)"abc", 3));
    assert_true(uart.num_reads < 3 * SERIAL_MAX_POLLS);
}

static void test_absent(void **state)
{
    (void)state;
    uart.absent = 0x00;
    expect_absent();
    reset(state);
    uart.absent = 0xff;
    expect_absent();
    reset(state);
    uart.loopback_dead = true;
    expect_absent();
}

static void test_write_some(void **state)
{
    struct serial serial;
    const uint8_t *text = (const uint8_t *)"0123456789abcdefghijklmnopq";

    (void)state;
    assert_true(serial_init(&serial, PORT));
    assert_int_equal(serial_write_some(&serial, text, 0), 0);
    assert_int_equal(serial_write_some(&serial, text, 17), 16);
    assert_int_equal(serial_write_some(&serial, text + 16, 11), 0);
    while (uart.busy > 0)
        (void)status();
    assert_int_equal(serial_write_some(&serial, text + 16, 11), 11);
    while (uart.busy > 0)
        (void)status();
    assert_int_equal(uart.num_line, 27);
    assert_memory_equal(uart.line, text, 27);
}

static void test_write(void **state)
{
    struct serial serial;
    uint8_t text[1000], line[1100];
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)(i * 7);
        if (text[i] == '\n')
            line[n++] = '\r';
        line[n++] = text[i];
    }
    assert_true(serial_init(&serial, PORT));
    assert_true(serial_write(&serial, text, sizeof text));
    while (uart.busy > 0)
        (void)status();
    assert_int_equal(uart.num_line, n);
    assert_memory_equal(uart.line, line, n);
}

/* CR LF takes two places in the FIFO: both, or none of them. */
static void test_line_ends(void **state)
{
    struct serial serial;

    (void)state;
    assert_true(serial_init(&serial, PORT));
    assert_int_equal(serial_write_some(&serial, (const uint8_t *)"\n\n\n\n\n\n\n\n\n", 9), 8);
    while (uart.busy > 0)
        (void)status();
    assert_int_equal(serial_write_some(&serial, (const uint8_t *)"0123456789abcde\n", 16), 15);
    while (uart.busy > 0)
        (void)status();
    assert_int_equal(serial_write_some(&serial, (const uint8_t *)"\nx", 2), 2);
    while (uart.busy > 0)
        (void)status();
    assert_memory_equal(uart.line + 15, "\n0123456789abcde\r\nx", 19);
}

static void test_read(void **state)
{
    struct serial serial;
    uint8_t byte = 0;

    (void)state;
    assert_true(serial_init(&serial, PORT));
    assert_false(serial_read(&serial, &byte));
    uart.looped = 'x';
    assert_true(serial_read(&serial, &byte));
    assert_int_equal(byte, 'x');
    assert_false(serial_read(&serial, &byte));
    for (int bit = 2; bit <= 4; bit++) { /* parity, framing, break */
        uart.looped = 0;
        uart.errors = (uint8_t)(1 << bit);
        assert_false(serial_read(&serial, &byte));
        assert_int_equal(uart.looped, -1);
    }
    uart.looped = 'y';
    uart.errors = 0x02; /* bytes before it were lost; it is sound */
    assert_true(serial_read(&serial, &byte));
    assert_int_equal(byte, 'y');
    uart.num_reads = 0;
    uart.absent = 0xff;
    assert_false(serial_read(&serial, &byte));
    assert_int_equal(uart.num_reads, 1);
    serial.port = 0;
    assert_false(serial_read(&serial, &byte));
    assert_int_equal(uart.num_reads, 1);
}

/* A port that stops is given up after a bounded wait, and never waited for again. */
static void test_stuck(void **state)
{
    struct serial serial;
    uint8_t text[100] = {0};

    (void)state;
    assert_true(serial_init(&serial, PORT));
    uart.stuck = true;
    uart.num_reads = 0;
    assert_false(serial_write(&serial, text, sizeof text));
    assert_true(uart.num_reads <= SERIAL_MAX_POLLS + 2);
    uart.num_reads = 0;
    assert_false(serial_write(&serial, text, sizeof text));
    assert_int_equal(uart.num_reads, 0);
}

/* Pulled out while in use: everything reads as 0xff, which is not "ready". */
static void test_unplugged(void **state)
{
    struct serial serial;
    uint8_t text[100] = {0};

    (void)state;
    assert_true(serial_init(&serial, PORT));
    uart.absent = 0xff;
    assert_int_equal(serial_write_some(&serial, text, sizeof text), 0);
    assert_false(serial_write(&serial, text, sizeof text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_present, reset),   cmocka_unit_test_setup(test_absent, reset),
        cmocka_unit_test_setup(test_divisor, reset),   cmocka_unit_test_setup(test_not_written_to, reset),
        cmocka_unit_test_setup(test_in_memory, reset), cmocka_unit_test_setup(test_write_some, reset),
        cmocka_unit_test_setup(test_write, reset),     cmocka_unit_test_setup(test_line_ends, reset),
        cmocka_unit_test_setup(test_stuck, reset),     cmocka_unit_test_setup(test_read, reset),
        cmocka_unit_test_setup(test_unplugged, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
