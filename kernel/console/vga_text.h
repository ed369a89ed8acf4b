/*
 * vga_text.h - draws the cells of a screen into the text memory of a VGA, 80x25.
 *
 * Nothing can be written through it but the cells of these 80 columns and 25 rows. The VGA shows them with
 * the same glyphs and colours as a framebuffer: Spleen is loaded into its font memory, once the first line
 * is out, palette.h into its DAC.
 */
#ifndef KERNEL_VGA_TEXT_H
#define KERNEL_VGA_TEXT_H

#include "kernel/console/screen.h"

#define VGA_TEXT_COLUMNS 80
#define VGA_TEXT_ROWS    25

/*
 * The device for a VGA in text mode 3 whose memory at 0xb8000 is mapped at `memory`, with all from 0xa0000 on
 * before it. Null, and *error in words, if no VGA in text mode answers at its ports: then what is at 0xb8000
 * is shown to nobody.
 */
const struct screen_device *vga_text_init(volatile void *memory, const char **error);

/* Makes text memory visible again, if a trap came out of the loading of glyphs. */
void vga_text_close_font_memory(void);

#endif
