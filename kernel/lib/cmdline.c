/*
 * cmdline.c - words of the command line.
 */
#include "kernel/lib/cmdline.h"

static bool is_blank(uint8_t c)
{
    return c <= ' ';
}

/* Length of the line: up to a byte of 0. */
static size_t line_length(struct span line)
{
    size_t n = 0;

    while (n < line.n && span_u8(line, n) != 0)
        n++;
    return n;
}

static size_t word_end(struct span line, size_t at)
{
    while (at < line.n && !is_blank(span_u8(line, at)))
        at++;
    return at;
}

/* Length of `name` if `word` begins with it, else 0. */
static size_t match_name(struct span word, const char *name)
{
    size_t n = 0;

    while (name[n] != 0) {
        if (span_u8(word, n) != (uint8_t)name[n]) /* 0 beyond the end */
            return 0;
        n++;
    }
    return n;
}

bool cmdline_find(struct span line, const char *name, struct span *value)
{
    bool found = false;

    line = span_sub(line, 0, line_length(line));
    for (size_t at = 0, end; at < line.n; at = end) {
        end = word_end(line, at);
        struct span word = span_sub(line, at, end - at);
        size_t n = match_name(word, name);

        if (n > 0 && n == word.n) {
            *value = span_sub(word, n, 0);
            found = true;
        } else if (n > 0 && span_u8(word, n) == '=') {
            *value = span_sub(word, n + 1, word.n - n - 1);
            found = true;
        }
        if (end == at)
            end++; /* a blank */
    }
    return found;
}

bool cmdline_equals(struct span value, const char *text)
{
    size_t n = 0;

    while (n < value.n && text[n] != 0 && span_u8(value, n) == (uint8_t)text[n])
        n++;
    return n == value.n && text[n] == 0;
}

void cmdline_append(char *line, size_t size, struct span text)
{
    size_t n = 0;

    while (n < size && line[n] != 0)
        n++;
    if (n > 0 && text.n > 0 && n + 1 < size)
        line[n++] = ' ';
    for (size_t i = 0; i < text.n && n + 1 < size && span_u8(text, i) != 0; i++) {
        uint8_t c = span_u8(text, i);
        line[n++] = c >= ' ' && c <= '~' ? (char)c : ' ';
    }
    if (n < size)
        line[n] = 0;
}
