/*
 * lines.c - the lines of the report.
 */
#include "kernel/report/lines.h"

#include <stdarg.h>

#include "kernel/console/console.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"

/* What a line is about, in a column of its own. */
void report_label(const char *name)
{
    console_set_color(COLOR_CYAN, COLOR_BLACK);
    printk("%-*s", LABEL_COLUMNS, name);
    console_set_color(COLOR_LIGHT_GRAY, COLOR_BLACK);
}

/* An item after a mark and a blank. */
static __attribute__((format(printf, 3, 0))) void list_put(struct list *list, const char *mark,
                                                           const char *format, va_list args)
{
    char text[LINE_COLUMNS];
    int n = format_string_v(text, sizeof text, format, args), mark_columns = (int)strlen(mark) + 1;

    if (list->column == 0) {
        list->column = LABEL_COLUMNS;
    } else if (list->column + mark_columns + n > LINE_COLUMNS - 1) {
        printk("%s\n%*s", mark, LABEL_COLUMNS, "");
        list->column = LABEL_COLUMNS;
    } else {
        printk("%s ", mark);
        list->column += mark_columns;
    }
    printk("%s", text);
    list->column += n;
}

void list_item(struct list *list, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    list_put(list, ",", format, args);
    va_end(args);
}

/* One that belongs to the item before it. */
void list_word(struct list *list, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    list_put(list, "", format, args);
    va_end(args);
}

void list_end(const struct list *list, const char *if_empty)
{
    printk("%s\n", list->column == 0 ? if_empty : "");
}

static const char units[][4] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

/* "639 KiB", "127.8 MiB": rounded down. */
void format_size(char text[SIZE_TEXT_BYTES], uint64_t bytes)
{
    unsigned unit = 0;
    uint64_t tenths = 0;

    while (bytes >= 1024 && unit < sizeof units / sizeof units[0] - 1) {
        tenths = bytes % 1024 * 10 / 1024;
        bytes /= 1024;
        unit++;
    }
    if (unit > 1)
        format_string(text, SIZE_TEXT_BYTES, "%llu.%llu %s", (unsigned long long)bytes,
                      (unsigned long long)tenths, units[unit]);
    else
        format_string(text, SIZE_TEXT_BYTES, "%llu %s", (unsigned long long)bytes, units[unit]);
}

/* "256 MiB": without a fraction. */
void format_round_size(char text[SIZE_TEXT_BYTES], uint64_t bytes)
{
    unsigned unit = 0;

    for (; bytes >= 1024 && unit < sizeof units / sizeof units[0] - 1; unit++)
        bytes /= 1024;
    format_string(text, SIZE_TEXT_BYTES, "%llu %s", (unsigned long long)bytes, units[unit]);
}
