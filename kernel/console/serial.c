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
#define LINE_CONTROL  3
#define MODEM_CONTROL 4
#define LINE_STATUS   5
#define SCRATCH       7

#define DIVISOR_LATCH     0x80
#define DIVISOR_115200    1
#define EIGHT_BITS        0x03
#define FIFO_ON_AND_CLEAR 0x07
#define LOOPBACK          0x1e
#define READY             0x0f /* DTR, RTS, OUT1, OUT2 */
#define DATA_READY        0x01
#define DAMAGED           0x1c /* parity, framing, or the line was held down */
#define TRANSMITTER_EMPTY 0x20
#define NOBODY            0xff /* status of a port that is not, or no longer, there */

static bool keeps(const struct serial *serial, uint8_t value)
{
    out8(serial->port + SCRATCH, value);
    return in8(serial->port + SCRATCH) == value;
}

static bool loops_back(const struct serial *serial, uint8_t value)
{
    out8(serial->port + MODEM_CONTROL, LOOPBACK);
    out8(serial->port + DATA, value);
    for (int i = 0; i < SERIAL_MAX_POLLS; i++) {
        uint8_t status = in8(serial->port + LINE_STATUS);

        if (status == NOBODY)
            return false;
        if (status & DATA_READY)
            return in8(serial->port + DATA) == value;
    }
    return false;
}

static void configure(const struct serial *serial)
{
    out8(serial->port + INTERRUPTS, 0);
    out8(serial->port + LINE_CONTROL, DIVISOR_LATCH);
    out8(serial->port + DATA, DIVISOR_115200);
    out8(serial->port + INTERRUPTS, 0);
    out8(serial->port + LINE_CONTROL, EIGHT_BITS);
    out8(serial->port + FIFO_CONTROL, FIFO_ON_AND_CLEAR);
}

bool serial_init(struct serial *serial, uint16_t port)
{
    serial->port = port;
    if (keeps(serial, 0x5a) && keeps(serial, 0xa5)) {
        configure(serial);
        if (loops_back(serial, 0xae)) {
            out8(port + MODEM_CONTROL, READY);
            return true;
        }
    }
    serial->port = 0;
    return false;
}

static bool takes_bytes(const struct serial *serial)
{
    uint8_t status = in8(serial->port + LINE_STATUS);

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
            out8(serial->port + DATA, '\r');
            room--;
        }
        out8(serial->port + DATA, text[i]);
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
    uint8_t status = in8(serial->port + LINE_STATUS);
    if (status == NOBODY || !(status & DATA_READY))
        return false;
    *byte = in8(serial->port + DATA);
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
