/*
 * config.c - makes the command line from \janus.cfg, see config.h. Pure C: real mode and host alike.
 */
#include "kernel/lib/config.h"

#include <stdbool.h>

#define BYTE_ORDER_MARK_BYTES 3

static bool has_byte_order_mark(struct span file)
{
    return span_u16(file, 0) == 0xbbef && span_u8(file, 2) == 0xbf;
}

static bool is_line_end(uint8_t c)
{
    return c == '\n' || c == '\r' || c == 0;
}

void config_cmdline(struct span file, char *cmdline, size_t room)
{
    size_t used = 0;
    size_t i = has_byte_order_mark(file) ? BYTE_ORDER_MARK_BYTES : 0;
    bool in_comment = false;
    for (bool at_begin = true; span_u8(file, i) != 0; i++) {
        uint8_t c = span_u8(file, i);
        if (at_begin)
            in_comment = c == '#';
        if (at_begin && used != 0 && used + 1 < room && !in_comment && !is_line_end(c))
            cmdline[used++] = ' ';
        at_begin = is_line_end(c);
        if (!at_begin && !in_comment && used + 1 < room)
            cmdline[used++] = (char)c;
    }
    cmdline[used] = 0;
}
