/*
 * printf.h - text from a format, as C11 7.21.6.1 has it, without floating point and without wide characters.
 *
 * Conversions: d i u x X o c s p %; flags - 0 + space #; width and precision, also as *; lengths hh h l ll z
 * j t. Width and precision count bytes, as in C. %p prints 0x and hexadecimal digits, also for a null
 * pointer; %s of a null pointer prints (null). A conversion not in this list is printed as it stands in the
 * format; %n stores nothing, its argument is passed over.
 */
#ifndef KERNEL_PRINTF_H
#define KERNEL_PRINTF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORMAT_MAX_DIGITS 22 /* of a 64-bit number in octal */

/* Takes the next n > 0 bytes of the text. */
typedef void format_emit(void *context, const char *text, size_t n);

/* Formats piece by piece into `emit`. Returns the number of bytes, at most INT_MAX. */
int format_emit_v(format_emit *emit, void *context, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/*
 * snprintf: stores at most size - 1 bytes and a 0 in `buffer` (nothing if size is 0; buffer may then be
 * NULL). Returns the length the whole text has. format_string_v takes the arguments as a va_list.
 */
int format_string(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int format_string_v(char *buffer, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/*
 * The digits of `value`, most significant first, at the end of `digits`: returns how many, so that the number
 * is digits[FORMAT_MAX_DIGITS - n .. FORMAT_MAX_DIGITS - 1]. Base 8, 10 or 16; 0 has one digit.
 */
/*@ requires base == 8 || base == 10 || base == 16;
    requires \valid(digits + (0 .. FORMAT_MAX_DIGITS - 1));
    assigns digits[0 .. FORMAT_MAX_DIGITS - 1];
    ensures 1 <= \result <= FORMAT_MAX_DIGITS; */
uint32_t format_digits(char digits[FORMAT_MAX_DIGITS], uint64_t value, uint32_t base, bool upper_case);

#endif
