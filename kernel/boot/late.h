/*
 * late.h - the part of the kernel that is packed in the file and unpacked once the first line is printed.
 *
 * Every byte of the file is read from a disk, often by a BIOS, before anything can be seen. What the kernel
 * needs until then is in the file as it is; all else, LATE_OBJECTS in the Makefile, is packed to half its
 * size. It lies at LATE_BASE, .late.text execute, .late.rodata read, and its data among that of all others.
 */
#ifndef KERNEL_LATE_H
#define KERNEL_LATE_H

#include <stdbool.h>

/* Unpacks it, and maps it with its rights. Panics if there is no room for page tables or the image is
 * damaged. */
void late_unpack(void);

/* True from then on: whatever may run before asks this first. kernel/boot/check_late.sh knows who may call.
 */
bool late_is_there(void);

#endif
