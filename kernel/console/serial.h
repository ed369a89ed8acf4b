/*
 * serial.h - a 16550 UART (National Semiconductor PC16550D data sheet), polled.
 */
#ifndef KERNEL_SERIAL_H
#define KERNEL_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIAL_COM1       0x3f8
#define SERIAL_FIFO_BYTES 16

/* A byte at 115200 baud takes 87 us; a read of an ISA port about 1 us. Far more than a full FIFO needs. */
#define SERIAL_MAX_POLLS 100000

#define SERIAL_DIVISOR_115200 1 /* the clock divided by 16 is 115200 Hz in every PC */

struct serial {
    uintptr_t port; /* I/O port or, above 0xffff, the address its registers are mapped at; 0: there is none */
    uint8_t
        stride_bytes; /* of registers in memory: from one to the next, as wide as they are accessed: 1 or 4 */
};

/*
 * Looks for a UART at I/O port `port` (registers that must read as 0, scratch register, then loopback: an
 * absent port reads 0x00 or 0xff) and sets it to 115200 baud, 8 data bits, no parity, 1 stop bit, FIFO on.
 * False if there is none; then every write is a no-op.
 */
bool serial_init(struct serial *serial, uint16_t port);

/* The same where `serial` already says, with this divisor of 115200 baud; 0: the speed stays as it is. */
bool serial_open(struct serial *serial, uint16_t divisor);

/*
 * Hands over as many of `n` bytes of text as the transmitter takes without waiting: what fills its FIFO, or
 * none. Returns how many. The end of a line goes over the wire as CR LF.
 */
size_t serial_write_some(struct serial *serial, const uint8_t *text, size_t n);

/*
 * Writes all `n` bytes, waiting for each a bounded time. False if the transmitter stopped taking them: it is
 * then given up, as if it were absent.
 */
bool serial_write(struct serial *serial, const uint8_t *text, size_t n);

/* The next byte received, without waiting: false if there is none. Bytes received damaged are dropped. */
bool serial_read(struct serial *serial, uint8_t *byte);

/* Says `text` on COM1, if there is one: for whoever must stop before the consoles are there. Writes CR LF at
 * the end. */
void serial_last_words(const char *text);

#endif
