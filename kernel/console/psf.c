/*
 * psf.c - PC Screen Font, version 2.
 */
#include "kernel/console/psf.h"

#include "kernel/lib/string.h"
#include "kernel/lib/utf8.h"

#define HEADER_BYTES   32u
#define MAGIC          0x864ab572u
#define FLAG_TABLE     1u
#define TABLE_SEQUENCE 0xfe
#define TABLE_END      0xff
#define NO_GLYPH       0xffffu

static enum psf_error check(const struct psf *font, struct span file, uint32_t header_bytes)
{
    if (font->width < PSF_MIN_WIDTH || font->width > PSF_MAX_WIDTH || font->height < 1 ||
        font->height > PSF_MAX_HEIGHT || font->glyph_bytes != font->row_bytes * font->height)
        return PSF_BAD_SIZE;
    if (font->num_glyphs < 1 || font->num_glyphs > PSF_MAX_GLYPHS)
        return PSF_BAD_GLYPHS;
    if (file.n - header_bytes < (size_t)font->num_glyphs * font->glyph_bytes)
        return PSF_TRUNCATED;
    return PSF_OK;
}

enum psf_error psf_open(struct psf *font, struct span file)
{
    uint32_t header_bytes = span_u32(file, 8);

    if (file.n < HEADER_BYTES)
        return PSF_TRUNCATED;
    if (span_u32(file, 0) != MAGIC || span_u32(file, 4) != 0 || header_bytes < HEADER_BYTES)
        return PSF_NOT_PSF2;
    if (header_bytes > file.n)
        return PSF_TRUNCATED;
    if ((span_u32(file, 12) & FLAG_TABLE) == 0)
        return PSF_NO_TABLE;
    font->num_glyphs = span_u32(file, 16);
    font->glyph_bytes = span_u32(file, 20);
    font->height = span_u32(file, 24);
    font->width = span_u32(file, 28);
    font->row_bytes = font->width / 8 + (font->width % 8 != 0);
    enum psf_error error = check(font, file, header_bytes);
    if (error != PSF_OK)
        return error;
    size_t size = (size_t)font->num_glyphs * font->glyph_bytes;
    font->glyphs = span_sub(file, header_bytes, size);
    font->table = span_sub(file, header_bytes + size, file.n - header_bytes - size);
    return PSF_OK;
}

const char *psf_error_name(enum psf_error error)
{
    switch (error) {
    case PSF_OK:
        return "no error";
    case PSF_TRUNCATED:
        return "font cut short";
    case PSF_NOT_PSF2:
        return "not a PSF2 font";
    case PSF_BAD_SIZE:
        return "impossible glyph size in font";
    case PSF_BAD_GLYPHS:
        return "impossible number of glyphs in font";
    case PSF_NO_TABLE:
        return "font without Unicode table";
    }
    return "unknown font error";
}

struct span psf_glyph(const struct psf *font, uint32_t index)
{
    if (index >= font->num_glyphs)
        index = 0;
    return span_sub(font->glyphs, (size_t)index * font->glyph_bytes, font->glyph_bytes);
}

void psf_index(struct psf_index *index, const struct psf *font)
{
    index->font = font;
    index->position = 0;
    index->next_glyph = 0;
    index->num_entries = 0;
    index->num_dropped = 0;
    memset(index->direct, 0xff, sizeof index->direct); /* NO_GLYPH */
}

/* Where `code` stands in the entries, or would. */
static uint32_t entry_position(const struct psf_index *index, uint32_t code)
{
    uint32_t low = 0, high = index->num_entries;

    if (high > 0 && index->entries[high - 1].code < code)
        return high; /* a table in ascending order never searches */
    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (index->entries[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_entry(struct psf_index *index, uint32_t code, uint16_t glyph)
{
    uint32_t at = entry_position(index, code), n = index->num_entries;

    if (at < n && index->entries[at].code == code)
        return;
    if (n == PSF_INDEX_MAX) {
        index->num_dropped++;
        return;
    }
    if (at < n)
        memmove(&index->entries[at + 1], &index->entries[at], (n - at) * sizeof index->entries[0]);
    index->entries[at].code = code;
    index->entries[at].glyph = glyph;
    index->num_entries++;
}

static void add(struct psf_index *index, uint32_t code, uint16_t glyph)
{
    if (code >= PSF_INDEX_DIRECT)
        add_entry(index, code, glyph);
    else if (index->direct[code] == NO_GLYPH)
        index->direct[code] = glyph;
}

/* Whether the U+FFFD that was decoded up to `position` stands in the table, or bytes that are no UTF-8 do. */
static bool is_genuine(struct span table, uint32_t position)
{
    return span_u16(table, position - 3u) == 0xbfef && span_u8(table, position - 1u) == 0xbd;
}

/* The glyphs that follow for one ASCII character each and nothing else, as most are: true if there was one.
 */
static bool read_ascii(struct psf_index *index)
{
    struct span table = index->font->table;
    uint32_t first = index->next_glyph, glyph = first, at = index->position;

    for (; glyph < index->font->num_glyphs; glyph++, at += 2) {
        uint16_t bytes = span_u16(table, at);
        uint8_t code = (uint8_t)bytes;

        if (bytes >> 8 != TABLE_END || code >= 0x80)
            break;
        if (index->direct[code] == NO_GLYPH)
            index->direct[code] = (uint16_t)glyph;
    }
    index->next_glyph = glyph;
    index->position = at;
    return glyph > first;
}

/* Adds the code points of the next glyph; false when there is none. */
static bool read_glyph(struct psf_index *index)
{
    struct span table = index->font->table;
    struct utf8 decoder = {0};
    uint32_t codes[2];
    bool in_sequence = false;

    if (index->next_glyph >= index->font->num_glyphs || index->position >= table.n)
        return false;
    if (read_ascii(index))
        return true;
    while (index->position < table.n) {
        uint8_t byte = span_u8(table, index->position++);

        if (byte == TABLE_END)
            break;
        if (byte == TABLE_SEQUENCE)
            in_sequence = true;
        if (in_sequence)
            continue;
        uint32_t n = utf8_feed(&decoder, byte, codes);
        for (uint32_t i = 0; i < n; i++) {
            if (codes[i] != UTF8_REPLACEMENT || is_genuine(table, index->position))
                add(index, codes[i], (uint16_t)index->next_glyph);
        }
    }
    index->next_glyph++;
    return true;
}

static uint16_t look_up(const struct psf_index *index, uint32_t code)
{
    if (code < PSF_INDEX_DIRECT)
        return index->direct[code];
    uint32_t at = entry_position(index, code);
    if (at < index->num_entries && index->entries[at].code == code)
        return index->entries[at].glyph;
    return NO_GLYPH;
}

static uint16_t find(struct psf_index *index, uint32_t code)
{
    uint16_t glyph = look_up(index, code);

    while (glyph == NO_GLYPH && read_glyph(index))
        glyph = look_up(index, code);
    return glyph;
}

uint16_t psf_find(struct psf_index *index, uint32_t code)
{
    uint16_t glyph = find(index, code);

    if (glyph == NO_GLYPH)
        glyph = find(index, UTF8_REPLACEMENT);
    if (glyph == NO_GLYPH)
        glyph = find(index, '?');
    return glyph == NO_GLYPH ? 0 : glyph;
}

bool psf_has(struct psf_index *index, uint32_t code)
{
    return find(index, code) != NO_GLYPH;
}
