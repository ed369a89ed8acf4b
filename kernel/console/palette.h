/*
 * palette.h - the 16 colours of every screen, in the order of the VGA's attributes.
 *
 * Light text on a dark blue-grey ground. A VGA keeps 6 bits of each component, so each one here is a value
 * that 6 bits can give when widened: v >> 6 == (v & 3).
 */
#ifndef KERNEL_PALETTE_H
#define KERNEL_PALETTE_H

#include <stdint.h>

enum color {
    COLOR_BLACK, /* the background */
    COLOR_BLUE,
    COLOR_GREEN,
    COLOR_CYAN,
    COLOR_RED,
    COLOR_MAGENTA,
    COLOR_BROWN,
    COLOR_LIGHT_GRAY, /* text */
    COLOR_DARK_GRAY,
    COLOR_LIGHT_BLUE,
    COLOR_LIGHT_GREEN,
    COLOR_LIGHT_CYAN,
    COLOR_LIGHT_RED,
    COLOR_LIGHT_MAGENTA,
    COLOR_YELLOW,
    COLOR_WHITE,
    NUM_COLORS
};

struct rgb {
    uint8_t red, green, blue;
};

static const struct rgb palette[NUM_COLORS] = {
    [COLOR_BLACK] = {0x10, 0x14, 0x1c},       [COLOR_BLUE] = {0x38, 0x65, 0xae},
    [COLOR_GREEN] = {0x59, 0xa2, 0x65},       [COLOR_CYAN] = {0x49, 0x9a, 0xa6},
    [COLOR_RED] = {0xba, 0x45, 0x4d},         [COLOR_MAGENTA] = {0x92, 0x69, 0xae},
    [COLOR_BROWN] = {0xb6, 0x82, 0x49},       [COLOR_LIGHT_GRAY] = {0xc3, 0xcb, 0xd3},
    [COLOR_DARK_GRAY] = {0x61, 0x6d, 0x7d},   [COLOR_LIGHT_BLUE] = {0x71, 0xa6, 0xef},
    [COLOR_LIGHT_GREEN] = {0x92, 0xd7, 0x82}, [COLOR_LIGHT_CYAN] = {0x7d, 0xd3, 0xdf},
    [COLOR_LIGHT_RED] = {0xf7, 0x7d, 0x82},   [COLOR_LIGHT_MAGENTA] = {0xcb, 0xa2, 0xef},
    [COLOR_YELLOW] = {0xeb, 0xcf, 0x7d},      [COLOR_WHITE] = {0xf7, 0xfb, 0xff},
};

#endif
