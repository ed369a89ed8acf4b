/*
 * entry.h - what entry.S and legacy_main.c have in common: by which door the image was entered.
 */
#ifndef LEGACY_ENTRY_H
#define LEGACY_ENTRY_H

#define ENTRY_LINUX_32   1
#define ENTRY_LINUX_64   2
#define ENTRY_MULTIBOOT1 3
#define ENTRY_MULTIBOOT2 4

/* In %eax, where a Multiboot 2 loader enters (Multiboot2 2.0, 3.5); version 1 has another. */
#define MULTIBOOT2_MAGIC 0x36d76289

#endif
