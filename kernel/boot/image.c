/*
 * image.c - what the image knows about itself.
 */
#include "kernel/boot/image.h"

#include "kernel/lib/crc32.h"
#include "kernel/boot/section.h"
#include "kernel/lib/span.h"

#define NOTE_HEADER_BYTES 12 /* sizes of name and description, type */
#define NOTE_NAME_BYTES   4  /* "GNU\0" */

/* Sealed after linking, hence volatile: the compiler must not know its value. In .data, outside the sum. */
volatile uint32_t image_crc32 = 0xffffffff;

bool image_is_intact(struct image_check *check)
{
    check->computed = crc32(span_of(text_start, (size_t)(rodata_end - text_start)));
    check->expected = image_crc32;
    return check->computed == check->expected;
}

void image_build_id(char hex[2 * BUILD_ID_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";
    struct span note = span_of(build_id_note, (size_t)(build_id_note_end - build_id_note));
    struct span id = span_sub(note, NOTE_HEADER_BYTES + NOTE_NAME_BYTES, BUILD_ID_BYTES);

    for (size_t i = 0; i < BUILD_ID_BYTES; i++) {
        hex[2 * i] = digits[span_u8(id, i) / 16];
        hex[2 * i + 1] = digits[span_u8(id, i) % 16];
    }
    hex[(size_t)2 * BUILD_ID_BYTES] = 0;
}
