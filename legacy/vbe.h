/*
 * vbe.h - a linear framebuffer from the BIOS, for adapters that have no VGA text mode in hardware.
 */
#ifndef LEGACY_VBE_H
#define LEGACY_VBE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Sets the largest mode, up to 1920x1200, that has a linear framebuffer with 16 bits per pixel or more, and
 * describes it in the screen_info at the beginning of `boot_params` (VESA BIOS Extension 3.0, functions 00h
 * to 02h). False, and nothing changed, if there is none. For 16-bit C with DS = ES = SS.
 */
bool vbe_set_framebuffer(uint8_t *boot_params);

#endif
