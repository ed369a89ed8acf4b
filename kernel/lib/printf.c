/*
 * printf.c - the formatter: one conversion at a time, each into pieces for the callback.
 */
#include "kernel/lib/printf.h"

#include <limits.h>

#include "kernel/lib/string.h"

enum length { LENGTH_INT, LENGTH_CHAR, LENGTH_SHORT, LENGTH_LONG };

/* One conversion specification, from % to its letter. */
struct spec {
    bool left, zero, plus, space, alternate;
    bool has_precision;
    uint32_t width, precision;
    enum length length;
    char letter;
};

struct output {
    format_emit *emit;
    void *context;
    uint64_t count; /* bytes so far */
};

uint32_t format_digits(char digits[FORMAT_MAX_DIGITS], uint64_t value, uint32_t base, bool upper_case)
{
    const char ten = upper_case ? 'A' : 'a';
    uint32_t at = FORMAT_MAX_DIGITS;

    /*@ loop invariant 0 <= at <= FORMAT_MAX_DIGITS;
        loop invariant at == FORMAT_MAX_DIGITS || at + 1 <= FORMAT_MAX_DIGITS;
        loop assigns at, value, digits[0 .. FORMAT_MAX_DIGITS - 1];
        loop variant at; */
    do {
        uint32_t digit = (uint32_t)(value % base);

        at--;
        digits[at] = (char)(digit < 10 ? '0' + (int)digit : ten + (int)digit - 10);
        value /= base;
    } while (value != 0 && at > 0);
    return FORMAT_MAX_DIGITS - at;
}

static void put(struct output *out, const char *text, size_t n)
{
    if (n == 0)
        return;
    out->emit(out->context, text, n);
    out->count += n;
}

static void put_repeated(struct output *out, char c, size_t n)
{
    char run[16];

    memset(run, c, n < sizeof run ? n : sizeof run);
    while (n > 0) {
        size_t now = n < sizeof run ? n : sizeof run;

        put(out, run, now);
        n -= now;
    }
}

/* Sign or 0x, then zeros, then the text itself, padded with spaces to the width. */
static void put_field(struct output *out, const struct spec *spec, const char *prefix, size_t zeros,
                      const char *text, size_t n)
{
    size_t prefix_bytes = strlen(prefix), used = prefix_bytes + zeros + n;
    size_t pad = spec->width > used ? spec->width - used : 0;

    if (!spec->left)
        put_repeated(out, ' ', pad);
    put(out, prefix, prefix_bytes);
    put_repeated(out, '0', zeros);
    put(out, text, n);
    if (spec->left)
        put_repeated(out, ' ', pad);
}

/* How many zeros precede the `n` digits. */
static size_t leading_zeros(const struct spec *spec, size_t prefix_bytes, size_t n)
{
    if (spec->has_precision)
        return spec->precision > n ? spec->precision - n : 0;
    if (spec->zero && !spec->left && spec->width > prefix_bytes + n)
        return spec->width - prefix_bytes - n;
    return 0;
}

static void put_number(struct output *out, const struct spec *spec, const char *prefix, uint64_t value,
                       uint32_t base)
{
    char digits[FORMAT_MAX_DIGITS];
    size_t n = format_digits(digits, value, base, spec->letter == 'X');

    if (value == 0 && spec->has_precision && spec->precision == 0)
        n = 0;
    size_t zeros = leading_zeros(spec, strlen(prefix), n);
    if (base == 8 && spec->alternate && zeros == 0 && (value != 0 || n == 0))
        zeros = 1;
    put_field(out, spec, prefix, zeros, digits + FORMAT_MAX_DIGITS - n, n);
}

static void put_signed(struct output *out, const struct spec *spec, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    put_number(out, spec, value < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "", magnitude, 10);
}

static void put_unsigned(struct output *out, const struct spec *spec, uint64_t value)
{
    uint32_t base = spec->letter == 'u' ? 10 : spec->letter == 'o' ? 8 : 16;
    bool prefixed = base == 16 && spec->alternate && value != 0;

    put_number(out, spec, !prefixed ? "" : spec->letter == 'X' ? "0X" : "0x", value, base);
}

/* Reads no byte beyond the precision. */
static void put_string(struct output *out, const struct spec *spec, const char *text)
{
    size_t n = 0, limit = spec->has_precision ? spec->precision : SIZE_MAX;

    if (text == NULL)
        text = "(null)";
    while (n < limit && text[n] != 0)
        n++;
    put_field(out, spec, "", 0, text, n);
}

static void put_pointer(struct output *out, const struct spec *spec, const void *pointer)
{
    put_number(out, spec, "0x", (uint64_t)(uintptr_t)pointer, 16);
}

static void put_char(struct output *out, const struct spec *spec, char c)
{
    put_field(out, spec, "", 0, &c, 1);
}

/* A va_list of its own type, since an array parameter cannot be passed on by address. */
struct arguments {
    va_list list;
};

static int64_t signed_argument(struct arguments *args, enum length length)
{
    switch (length) {
    case LENGTH_CHAR:
        return (signed char)va_arg(args->list, int);
    case LENGTH_SHORT:
        return (short)va_arg(args->list, int);
    case LENGTH_LONG:
        return va_arg(args->list, int64_t);
    default:
        return va_arg(args->list, int);
    }
}

static uint64_t unsigned_argument(struct arguments *args, enum length length)
{
    switch (length) {
    case LENGTH_CHAR:
        return (unsigned char)va_arg(args->list, unsigned);
    case LENGTH_SHORT:
        return (unsigned short)va_arg(args->list, unsigned);
    case LENGTH_LONG:
        return va_arg(args->list, uint64_t);
    default:
        return va_arg(args->list, unsigned);
    }
}

static const char *parse_flags(struct spec *spec, const char *s)
{
    for (;; s++) {
        switch (*s) {
        case '-':
            spec->left = true;
            break;
        case '0':
            spec->zero = true;
            break;
        case '+':
            spec->plus = true;
            break;
        case ' ':
            spec->space = true;
            break;
        case '#':
            spec->alternate = true;
            break;
        default:
            return s;
        }
    }
}

/* Digits or *; a number too large for an int becomes INT_MAX. */
static const char *parse_number(int *number, const char *s, struct arguments *args)
{
    *number = 0;
    if (*s == '*') {
        *number = va_arg(args->list, int);
        return s + 1;
    }
    for (; *s >= '0' && *s <= '9'; s++)
        *number = *number > (INT_MAX - 9) / 10 ? INT_MAX : *number * 10 + (*s - '0');
    return s;
}

static const char *parse_length(struct spec *spec, const char *s)
{
    _Static_assert(sizeof(long) == 8 && sizeof(size_t) == 8, "l, ll, z, j and t are 64 bits");

    if (*s == 'h') {
        spec->length = s[1] == 'h' ? LENGTH_CHAR : LENGTH_SHORT;
        return s[1] == 'h' ? s + 2 : s + 1;
    }
    if (*s == 'l' || *s == 'z' || *s == 'j' || *s == 't') {
        spec->length = LENGTH_LONG;
        return s[0] == 'l' && s[1] == 'l' ? s + 2 : s + 1;
    }
    return s;
}

/* From behind the % up to the letter, which is returned. */
static const char *parse_spec(struct spec *spec, const char *s, struct arguments *args)
{
    int number;

    s = parse_number(&number, parse_flags(spec, s), args);
    spec->left = spec->left || number < 0;
    spec->width = number < 0 ? 0 - (uint32_t)number : (uint32_t)number;
    if (*s == '.') {
        s = parse_number(&number, s + 1, args);
        spec->has_precision = number >= 0;
        spec->precision = number >= 0 ? (uint32_t)number : 0;
    }
    s = parse_length(spec, s);
    spec->letter = *s;
    return s;
}

/* False if the letter is none of ours. */
static bool convert(struct output *out, const struct spec *spec, struct arguments *args)
{
    switch (spec->letter) {
    case 'd':
    case 'i':
        put_signed(out, spec, signed_argument(args, spec->length));
        return true;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        put_unsigned(out, spec, unsigned_argument(args, spec->length));
        return true;
    case 'c':
        put_char(out, spec, (char)va_arg(args->list, int));
        return true;
    case 's':
        put_string(out, spec, va_arg(args->list, const char *));
        return true;
    case 'p':
        put_pointer(out, spec, va_arg(args->list, const void *));
        return true;
    case '%':
        put(out, "%", 1);
        return true;
    case 'n':
        (void)va_arg(args->list, void *);
        return false;
    default:
        return false;
    }
}

/* One conversion, `s` behind its %; returns what follows it. */
static const char *format_one(struct output *out, const char *s, struct arguments *args)
{
    struct spec spec = {0};
    const char *letter = parse_spec(&spec, s, args);
    const char *end = *letter == 0 ? letter : letter + 1;

    if (!convert(out, &spec, args))
        put(out, s - 1, (size_t)(end - (s - 1)));
    return end;
}

int format_emit_v(format_emit *emit, void *context, const char *format, va_list list)
{
    struct output out = {.emit = emit, .context = context};
    struct arguments args;

    va_copy(args.list, list);
    while (*format != 0) {
        const char *s = format;

        while (*s != 0 && *s != '%')
            s++;
        put(&out, format, (size_t)(s - format));
        format = *s == '%' ? format_one(&out, s + 1, &args) : s;
    }
    va_end(args.list);
    return out.count > INT_MAX ? INT_MAX : (int)out.count;
}

struct buffer {
    char *text;
    size_t used, room; /* room without the 0 at the end */
};

static void emit_to_buffer(void *context, const char *text, size_t n)
{
    struct buffer *b = context;
    size_t fits = n < b->room - b->used ? n : b->room - b->used;

    memcpy(b->text + b->used, text, fits);
    b->used += fits;
}

static void emit_nothing(void *context, const char *text, size_t n)
{
    (void)context;
    (void)text;
    (void)n;
}

int format_string_v(char *buffer, size_t size, const char *format, va_list args)
{
    if (size == 0)
        return format_emit_v(emit_nothing, NULL, format, args);
    struct buffer b = {.text = buffer, .room = size - 1};
    int length = format_emit_v(emit_to_buffer, &b, format, args);
    buffer[b.used] = 0;
    return length;
}

int format_string(char *buffer, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int length = format_string_v(buffer, size, format, args);
    va_end(args);
    return length;
}
