/*
 * device_path.c - reading device paths, see device_path.h.
 *
 * Reads bytes from outside, hence no <efi.h>: it compiles on the host unchanged.
 */
#include "efi/device_path.h"

#include <stdint.h>

#define NODE_TYPE    0 /* u8 */
#define NODE_SUBTYPE 1 /* u8 */
#define NODE_LENGTH  2 /* u16, with these four bytes */
#define NODE_DATA    4

#define TYPE_MEDIA            0x04
#define TYPE_END              0x7f
#define SUBTYPE_VENDOR        0x03
#define SUBTYPE_FILE          0x04
#define SUBTYPE_FIRMWARE_FILE 0x06

/* The node that `path` begins with; empty behind the last one. */
static struct span first_node(struct span path)
{
    if (span_u8(path, NODE_TYPE) == TYPE_END || span_u16(path, NODE_LENGTH) < NODE_DATA)
        return span_sub(path, 0, 0);
    return span_sub(path, 0, span_u16(path, NODE_LENGTH));
}

static struct span behind(struct span path, struct span node)
{
    return span_sub(path, node.n, path.n - node.n);
}

static bool is_media(struct span node, uint8_t subtype)
{
    return span_u8(node, NODE_TYPE) == TYPE_MEDIA && span_u8(node, NODE_SUBTYPE) == subtype;
}

bool device_path_is_firmware_file(struct span path)
{
    return is_media(first_node(path), SUBTYPE_FIRMWARE_FILE);
}

static bool same_bytes(struct span a, struct span b)
{
    for (size_t i = 0; i < a.n; i++) {
        if (span_u8(a, i) != span_u8(b, i))
            return false;
    }
    return a.n == b.n;
}

bool device_path_has_vendor_media(struct span path, struct span guid)
{
    for (struct span node = first_node(path); node.n > 0; node = first_node(path)) {
        if (is_media(node, SUBTYPE_VENDOR) &&
            same_bytes(span_sub(node, NODE_DATA, DEVICE_PATH_GUID_BYTES), guid))
            return true;
        path = behind(path, node);
    }
    return false;
}

/* Appends the text of a File Path node to text[0..n). Returns the new length, below `size`. */
static size_t append_file(struct span node, char *text, size_t n, size_t size)
{
    uint16_t c = span_u16(node, NODE_DATA);

    if (n > 0 && text[n - 1] != '\\' && c != '\\' && n + 1 < size)
        text[n++] = '\\';
    for (size_t at = NODE_DATA; (c = span_u16(node, at)) != 0 && n + 1 < size; at += 2)
        text[n++] = c >= ' ' && c <= '~' ? (char)c : '?';
    return n;
}

size_t device_path_file(struct span path, char *text, size_t size)
{
    size_t n = 0;

    for (struct span node = first_node(path); node.n > 0; node = first_node(path)) {
        if (is_media(node, SUBTYPE_FILE))
            n = append_file(node, text, n, size);
        path = behind(path, node);
    }
    text[n] = 0;
    return n;
}
