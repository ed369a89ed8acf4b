/*
 * serial_console.c - the log, sent over a serial port as fast as that takes it.
 */
#include "kernel/console/serial_console.h"

#include "kernel/console/console.h"
#include "kernel/console/log.h"
#include "kernel/console/sink.h"

static struct serial serial;
static uint64_t position;  /* in the log: what is sent next */
static uint32_t num_polls; /* since the port took something */

/* Hands the port what it takes without being waited for. False if something is left over. */
static bool drain(void)
{
    struct span text;

    while ((text = log_from(&position)).n > 0) {
        size_t taken = serial_write_some(&serial, text.p, text.n);

        if (taken == 0)
            return false;
        position += taken;
        num_polls = 0;
    }
    return true;
}

/* The firmware may have left a line open. */
static void begin_line(void)
{
    serial_write_some(&serial, (const uint8_t *)"\n", 1);
}

static bool find_port(const struct display *display, volatile void *memory)
{
    (void)display;
    (void)memory;
    if (!serial_init(&serial, SERIAL_COM1))
        return false;
    begin_line();
    return true;
}

struct serial serial_console_port(void)
{
    return serial;
}

void serial_console_move(const struct serial *port)
{
    serial = *port;
    position = 0;
    num_polls = 0;
    begin_line();
}

static void send(const uint8_t *text, size_t n)
{
    (void)text;
    (void)n;
    drain();
}

static enum sink_state flush_port(void)
{
    if (drain())
        return SINK_DONE;
    return num_polls++ < SERIAL_MAX_POLLS ? SINK_BUSY : SINK_LOST;
}

bool console_has_serial(void)
{
    return serial.port != 0;
}

bool console_read(uint8_t *byte)
{
    return serial_read(&serial, byte);
}

const struct sink serial_sink = {
    .name = "serial port",
    .init = find_port,
    .write = send,
    .flush = flush_port,
};
