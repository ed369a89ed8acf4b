/*
 * cp437.h - code page 437, the character set of the PC's text screen.
 */
#ifndef KERNEL_CP437_H
#define KERNEL_CP437_H

#include <stdint.h>

/*
 * What each of the 256 characters shows: ASCII, the graphics 0x01-0x1f and 0x7f, and 0x80-0xff (Unicode
 * consortium, VENDORS/MICSFT/PC/CP437.TXT; WindowsBestFit and IBM's GCGID names for the graphics). 0x00 and
 * 0xff show nothing, as U+0020 and U+00A0.
 */
extern const uint16_t cp437_table[256];

/*
 * The character that shows `code`, or one that stands for it: dashes, quotes, dots, ticks, heavy and rounded
 * box lines by their plain forms. '?' for everything else.
 */
uint8_t cp437_from_code(uint32_t code);

#endif
