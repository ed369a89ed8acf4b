/*
 * load_options.h - the words in the load options of an image (UEFI 2.10, 9.1). Pure.
 */
#ifndef EFI_LOAD_OPTIONS_H
#define EFI_LOAD_OPTIONS_H

#include <stddef.h>

#include "kernel/lib/span.h"

/*
 * Writes load options to `text`, at most `size` bytes, not 0-terminated, and returns how many. Load options
 * are whatever somebody stored in a boot entry or a loader passed on: text in UCS-2 that need not end in 0,
 * or binary data of the firmware's own. Only printable ASCII with blanks and tabs is a command line: anything
 * else gives 0.
 */
size_t load_options_text(struct span options, char *text, size_t size);

/*
 * `text` without its first word if that names `file`, the path of the image as the firmware has it: a shell
 * and iPXE pass on the whole line they were given. Two names are the same if what follows their last
 * separator is, regardless of case, with `.efi` at the end or without.
 */
struct span load_options_words(struct span text, struct span file);

#endif
