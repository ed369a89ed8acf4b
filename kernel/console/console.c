/*
 * console.c - one text, several places.
 */
#include "kernel/console/console.h"

#include <stdbool.h>

#include "kernel/console/log.h"
#include "kernel/console/serial_console.h"
#include "kernel/console/sink.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"

#define LINE_BYTES 256u

static const struct sink *const sinks[] = {
    &serial_sink,
    &screen_sink,
};

#define NUM_SINKS (sizeof sinks / sizeof sinks[0])

static struct spinlock lock = SPINLOCK("console", LOCK_CONSOLE);
static const struct cpu *owner;  /* the CPU that broke in, and has the lock for good */
static const struct cpu *writer; /* who wrote last */
static struct {
    bool usable, in_use, restarted;
} states[NUM_SINKS];

static void begin(void)
{
    if (owner != this_cpu())
        spin_lock(&lock);
}

static void end(void)
{
    if (owner != this_cpu())
        spin_unlock(&lock);
}

static void write_out(const char *text, size_t n)
{
    log_write((const uint8_t *)text, n, rdtsc());
    for (size_t i = 0; i < NUM_SINKS; i++) {
        if (!states[i].usable)
            continue;
        states[i].in_use = true;
        sinks[i]->write((const uint8_t *)text, n);
        states[i].in_use = false;
    }
}

/* The line that another CPU has begun is ended. */
static void begin_writing(void)
{
    begin();
    if (writer != this_cpu() && !log_is_at_line_start())
        write_out("\n", 1);
    writer = this_cpu();
}

/* The pieces of one printk, put together: a console is brought up to date once for each, not for each piece.
 */
struct line {
    char text[LINE_BYTES];
    size_t used;
};

static void write_line(struct line *line)
{
    write_out(line->text, line->used);
    line->used = 0;
}

static void emit(void *context, const char *text, size_t n)
{
    struct line *line = context;

    if (n > LINE_BYTES - line->used)
        write_line(line);
    if (n > LINE_BYTES) {
        write_out(text, n);
        return;
    }
    memcpy(line->text + line->used, text, n);
    line->used += n;
}

void console_init(const struct display *display, volatile void *memory)
{
    for (size_t i = 0; i < NUM_SINKS; i++)
        states[i].usable = sinks[i]->init(display, memory);
}

void console_set_serial(const struct serial *port)
{
    begin();
    serial_console_move(port);
    for (size_t i = 0; i < NUM_SINKS; i++)
        states[i].usable = states[i].usable || sinks[i] == &serial_sink;
    end();
}

void console_write(const char *text, size_t n)
{
    begin_writing();
    write_out(text, n);
    end();
}

void vprintk(const char *format, va_list args)
{
    struct line line;

    line.used = 0;
    begin_writing();
    format_emit_v(emit, &line, format, args);
    write_line(&line);
    end();
}

void printk(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprintk(format, args);
    va_end(args);
}

void console_set_color(enum color foreground, enum color background)
{
    begin();
    for (size_t i = 0; i < NUM_SINKS; i++) {
        if (states[i].usable && sinks[i]->set_color != NULL)
            sinks[i]->set_color(foreground, background);
    }
    end();
}

/* Others may print between the parts. */
static enum sink_state flush_part(size_t i)
{
    enum sink_state state = SINK_DONE;

    begin();
    if (states[i].usable) {
        states[i].in_use = true;
        state = sinks[i]->flush();
        states[i].in_use = false;
        if (state == SINK_LOST)
            states[i].usable = false;
    }
    end();
    return state;
}

void console_flush(void)
{
    for (size_t i = 0; i < NUM_SINKS; i++) {
        enum sink_state state;

        while ((state = flush_part(i)) == SINK_BUSY)
            cpu_pause();
        if (state != SINK_LOST)
            continue;
        printk("The %s takes no more bytes and is given up.\n", sinks[i]->name);
        console_flush();
    }
}

static bool restart(size_t i)
{
    if (states[i].restarted)
        return false;
    states[i].restarted = true;
    return sinks[i]->restart == NULL || sinks[i]->restart();
}

void console_break_in(void)
{
    spin_seize(&lock);
    owner = this_cpu();
    for (size_t i = 0; i < NUM_SINKS; i++) {
        if (states[i].usable && states[i].in_use)
            states[i].usable = restart(i);
        states[i].in_use = false;
    }
}
