/*
 * words.h - what the command line asks for after the report.
 */
#ifndef KERNEL_WORDS_H
#define KERNEL_WORDS_H

/* Does what the words of the command line ask for, in the order of the table in words.c. */
void words_run(void);

#endif
