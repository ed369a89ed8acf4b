/*
 * entry.h - what entry.S and legacy_main.c have in common: by which door the image was entered.
 */
#ifndef LEGACY_ENTRY_H
#define LEGACY_ENTRY_H

#define ENTRY_LINUX_32 1
#define ENTRY_LINUX_64 2

#endif
