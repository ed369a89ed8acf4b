/*
 * hidden.h - included before every C file of the image.
 *
 * Says that all symbols lie in the one file, also those only declared, so that the compiler takes their
 * addresses relative to the instruction pointer and never from a global offset table.
 */
#pragma GCC visibility push(hidden)
