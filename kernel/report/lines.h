/*
 * lines.h - the lines of the report: a label in a column of its own, and behind it text or a list.
 */
#ifndef KERNEL_REPORT_LINES_H
#define KERNEL_REPORT_LINES_H

#include <stdint.h>

#define LABEL_COLUMNS   11
#define LINE_COLUMNS    80
#define SIZE_TEXT_BYTES 16

/* What a line is about. Text follows, and a newline. */
void report_label(const char *name);

/* Items behind a label, in lines of at most LINE_COLUMNS; all zero at the start. */
struct list {
    int column; /* 0: nothing printed yet */
};

/* Another item, with a comma before it unless it is the first. */
void list_item(struct list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A word that belongs to the item before it. */
void list_word(struct list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the line; `if_empty` is what it says without items. */
void list_end(const struct list *list, const char *if_empty);

/* "639 KiB", "127.8 MiB": rounded down. */
void format_size(char text[SIZE_TEXT_BYTES], uint64_t bytes);

/* "256 MiB": without a fraction. */
void format_round_size(char text[SIZE_TEXT_BYTES], uint64_t bytes);

#endif
