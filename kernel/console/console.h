/*
 * console.h - where the kernel prints: the log, the serial port and the screen, as far as there are any.
 *
 * Any CPU may print, at any time and under any lock: one printk() or console_write() is not torn by another,
 * and a line that several make up is ended before another CPU's begins.
 *
 * Text is UTF-8. It goes to the log at once, to the screen as screen.h says, and to the serial port as fast
 * as that takes it without being waited for: what it has not taken yet waits in the log. console_flush()
 * brings every one of them up to date, and is called before the kernel waits or ends.
 */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/boot/boot_info.h"
#include "kernel/console/palette.h"
#include "kernel/console/serial.h"

/*
 * Looks for COM1 and for the display that `display` describes, whose memory is mapped at `memory` (for VGA
 * text: 0xb8000, with all from 0xa0000 mapped before it). What was printed before goes to the serial port.
 */
void console_init(const struct display *display, volatile void *memory);

/*
 * From now on the serial port is this one, which has been opened (serial.h): everything the log has is sent
 * over it first. What the former one has not taken yet it does not get any more.
 */
void console_set_serial(const struct serial *port);

void console_write(const char *text, size_t n);

/* printf to every console. */
void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vprintk(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* Colours on the screen of what is printed from now on. */
void console_set_color(enum color foreground, enum color background);

/* Waits until serial port and screen show everything; a port that stops taking bytes is given up. */
void console_flush(void);

/*
 * For the CPU that panics, interrupts off: takes the console from whoever is printing, for good. What a panic
 * came out of is made fit to print once more; the second time it is given up.
 */
void console_break_in(void);

/* True if there is a serial port; it may yet be given up. */
bool console_has_serial(void);

/* The next byte that came in over the serial port, without waiting: false if there is none. */
bool console_read(uint8_t *byte);

/* What is wrong with the display, in words; null if nothing is or there is none. */
const char *console_display_error(void);

#endif
