/*
 * serial.c - a 16550 UART, polled.
 */
#include "kernel/console/serial.h"

#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"

/* Registers, from the port on. */
#define DATA          0 /* divisor, low, while LINE_CONTROL has DIVISOR_LATCH */
#define INTERRUPTS    1 /* divisor, high */
#define FIFO_CONTROL  2
#define IDENTITY      2 /* read */
#define LINE_CONTROL  3
#define MODEM_CONTROL 4
#define LINE_STATUS   5
#define SCRATCH       7

#define DIVISOR_LATCH     0x80
#define EIGHT_BITS        0x03
#define FIFO_ON_AND_CLEAR 0x07
#define LOOPBACK          0x1e
#define READY             0x0f /* DTR, RTS, OUT1, OUT2 */
#define DATA_READY        0x01
#define DAMAGED           0x1c /* parity, framing, or the line was held down */
#define TRANSMITTER_EMPTY 0x20
#define NOBODY            0xff /* status of a port that is not, or no longer, there */

/* 0 in every UART of the family. */
#define MODEM_CONTROL_ZERO 0xc0
#define IDENTITY_ZERO      0x10

static bool is_in_memory(const struct serial *serial)
{
    return serial->port > UINT16_MAX;
}

static volatile void *register_at(const struct serial *serial, uint16_t number)
{
    return (volatile void *)(serial->port + (uintptr_t)number * serial->stride_bytes);
}

static void uart_write(const struct serial *serial, uint16_t number, uint8_t value)
{
    if (!is_in_memory(serial))
        out8((uint16_t)(serial->port + number), value);
    else if (serial->stride_bytes == 4)
        *(volatile uint32_t *)register_at(serial, number) = value;
    else
        *(volatile uint8_t *)register_at(serial, number) = value;
}

static uint8_t uart_read(const struct serial *serial, uint16_t number)
{
    if (!is_in_memory(serial))
        return in8((uint16_t)(serial->port + number));
    if (serial->stride_bytes == 1)
        return *(volatile uint8_t *)register_at(serial, number);
    volatile uint32_t *wide = register_at(serial, number);
    return (uint8_t)*wide;
}

/* By reading alone: what is no UART may do anything when it is written to. */
static bool may_be_there(const struct serial *serial)
{
    return uart_read(serial, LINE_STATUS) != NOBODY &&
           (uart_read(serial, MODEM_CONTROL) & MODEM_CONTROL_ZERO) == 0 &&
           (uart_read(serial, IDENTITY) & IDENTITY_ZERO) == 0;
}

static bool keeps(const struct serial *serial, uint8_t value)
{
    uart_write(serial, SCRATCH, value);
    return uart_read(serial, SCRATCH) == value;
}

static bool loops_back(const struct serial *serial, uint8_t value)
{
    uart_write(serial, MODEM_CONTROL, LOOPBACK);
    uart_write(serial, DATA, value);
    for (int i = 0; i < SERIAL_MAX_POLLS; i++) {
        uint8_t status = uart_read(serial, LINE_STATUS);

        if (status == NOBODY)
            return false;
        if (status & DATA_READY)
            return uart_read(serial, DATA) == value;
    }
    return false;
}

static void set_divisor(const struct serial *serial, uint16_t divisor)
{
    uart_write(serial, LINE_CONTROL, DIVISOR_LATCH);
    uart_write(serial, DATA, (uint8_t)divisor);
    uart_write(serial, INTERRUPTS, (uint8_t)(divisor >> 8));
}

static void configure(const struct serial *serial, uint16_t divisor)
{
    if (divisor != 0)
        set_divisor(serial, divisor);
    uart_write(serial, LINE_CONTROL, EIGHT_BITS);
    uart_write(serial, INTERRUPTS, 0);
    uart_write(serial, FIFO_CONTROL, FIFO_ON_AND_CLEAR);
}

bool serial_open(struct serial *serial, uint16_t divisor)
{
    if (may_be_there(serial) && keeps(serial, 0x5a) && keeps(serial, 0xa5)) {
        configure(serial, divisor);
        if (loops_back(serial, 0xae)) {
            uart_write(serial, MODEM_CONTROL, READY);
            return true;
        }
    }
    serial->port = 0;
    return false;
}

bool serial_init(struct serial *serial, uint16_t port)
{
    serial->port = port;
    serial->stride_bytes = 1;
    return serial_open(serial, SERIAL_DIVISOR_115200);
}

static bool takes_bytes(const struct serial *serial)
{
    uint8_t status = uart_read(serial, LINE_STATUS);

    return status != NOBODY && (status & TRANSMITTER_EMPTY) != 0;
}

size_t serial_write_some(struct serial *serial, const uint8_t *text, size_t n)
{
    size_t i = 0;

    if (serial->port == 0 || n == 0 || !takes_bytes(serial))
        return 0;
    for (size_t room = SERIAL_FIFO_BYTES; i < n && room > 0; i++, room--) {
        if (text[i] == '\n') {
            if (room < 2)
                break;
            uart_write(serial, DATA, '\r');
            room--;
        }
        uart_write(serial, DATA, text[i]);
    }
    return i;
}

bool serial_write(struct serial *serial, const uint8_t *text, size_t n)
{
    int polls = 0;

    while (n > 0 && serial->port != 0) {
        size_t done = serial_write_some(serial, text, n);

        text += done;
        n -= done;
        polls = done > 0 ? 0 : polls + 1;
        if (polls > SERIAL_MAX_POLLS)
            serial->port = 0;
    }
    return serial->port != 0;
}

bool serial_read(struct serial *serial, uint8_t *byte)
{
    if (serial->port == 0)
        return false;
    uint8_t status = uart_read(serial, LINE_STATUS);
    if (status == NOBODY || !(status & DATA_READY))
        return false;
    *byte = uart_read(serial, DATA);
    return !(status & DAMAGED);
}

void serial_last_words(const char *text)
{
    struct serial serial;

    if (!serial_init(&serial, SERIAL_COM1))
        return;
    serial_write(&serial, (const uint8_t *)text, strlen(text));
    serial_write(&serial, (const uint8_t *)"\n", 1);
}
