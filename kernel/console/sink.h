/*
 * sink.h - a place that text goes to: a row of the table in console.c.
 *
 * The console calls these functions one at a time, with interrupts off, and has put the text into the log
 * before. A new console is a file with such a structure, and its row.
 */
#ifndef KERNEL_SINK_H
#define KERNEL_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/boot/boot_info.h"
#include "kernel/console/palette.h"

enum sink_state {
    SINK_DONE, /* everything is shown */
    SINK_BUSY, /* there is more to show: ask again */
    SINK_LOST, /* it takes no more, and is given up */
};

struct sink {
    const char *name;

    /*
     * Looks for the device: for a screen the one that `display` describes, whose memory is mapped at
     * `memory`. Both stay. False if there is none; then no other function is called.
     */
    bool (*init)(const struct display *display, volatile void *memory);

    /* Shows `n` bytes of UTF-8, or as much as can be without waiting. */
    void (*write)(const uint8_t *text, size_t n);

    /* Shows a part of what is left over. */
    enum sink_state (*flush)(void);

    /* Colours of what is written from now on. May be null. */
    void (*set_color)(enum color foreground, enum color background);

    /*
     * A panic has come out of one of these functions: makes good what it may have left half done. False if
     * that cannot be. May be null, where nothing can be.
     */
    bool (*restart)(void);
};

extern const struct sink serial_sink; /* serial_console.c */
extern const struct sink screen_sink; /* screen_console.c */

#endif
