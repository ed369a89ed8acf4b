/*
 * load_options.c - the words in the load options of an image, see load_options.h.
 *
 * Reads bytes from outside, hence no <efi.h>: it compiles on the host unchanged.
 */
#include "efi/load_options.h"

#include <stdbool.h>

size_t load_options_text(struct span options, char *text, size_t size)
{
    size_t n = 0;

    for (size_t at = 0; span_u16(options, at) != 0; at += 2) {
        uint16_t c = span_u16(options, at);

        if (c != '\t' && (c < ' ' || c > '~'))
            return 0;
        if (n < size)
            text[n++] = (char)c;
    }
    return n;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static uint8_t lower_case(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool is_separator(uint8_t c)
{
    return c == '\\' || c == '/' || c == ':';
}

static bool ends_in_efi(struct span name)
{
    static const char efi[] = ".efi";
    struct span end = span_sub(name, name.n - 4, 4);

    for (size_t i = 0; i < 4; i++) {
        if (lower_case(span_u8(end, i)) != (uint8_t)efi[i])
            return false;
    }
    return true;
}

/* The name alone, of a path: without folders, without `.efi`. */
static struct span base_name(struct span path)
{
    size_t begin = path.n;

    while (begin > 0 && !is_separator(span_u8(path, begin - 1)))
        begin--;
    struct span name = span_sub(path, begin, path.n - begin);
    return name.n > 4 && ends_in_efi(name) ? span_sub(name, 0, name.n - 4) : name;
}

static bool is_same_name(struct span a, struct span b)
{
    for (size_t i = 0; i < a.n; i++) {
        if (lower_case(span_u8(a, i)) != lower_case(span_u8(b, i)))
            return false;
    }
    return a.n == b.n && a.n > 0;
}

struct span load_options_words(struct span text, struct span file)
{
    size_t begin = 0;

    while (begin < text.n && is_blank(span_u8(text, begin)))
        begin++;
    size_t end = begin;
    while (end < text.n && !is_blank(span_u8(text, end)))
        end++;
    struct span first = span_sub(text, begin, end - begin);
    if (!is_same_name(base_name(first), base_name(file)))
        return text;
    while (end < text.n && is_blank(span_u8(text, end)))
        end++;
    return span_sub(text, end, text.n - end);
}
