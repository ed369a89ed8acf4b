/*
 * debug_exit.h - leaving QEMU with an exit code, through its isa-debug-exit device at port 0xf4.
 *
 * QEMU's own exit code is code * 2 + 1. The port is touched only when the command line holds the word `exit`.
 */
#ifndef KERNEL_DEBUG_EXIT_H
#define KERNEL_DEBUG_EXIT_H

#include <stdint.h>

enum debug_exit_code {
    DEBUG_EXIT_SUCCESS = 0x10, /* QEMU exits with 33 */
    DEBUG_EXIT_PANIC = 0x11,   /* 35 */
    DEBUG_EXIT_DAMAGED = 0x12, /* 37: the image is not what was built */
    DEBUG_EXIT_TESTS = 0x13,   /* 39: a self test failed */
};

/* Leaves QEMU if asked to on the command line; comes back if not, or if there is no such device. */
void debug_exit(enum debug_exit_code code);

#endif
