/*
 * screen.c - the grid: a ring of rows, a cursor, and two copies of every cell.
 */
#include "kernel/console/screen.h"

#include "kernel/lib/string.h"

#define FIRST_PRINTABLE 0x20u
#define LAST_PRINTABLE  0x7eu
#define FIRST_NON_ASCII 0xa0u

static uint32_t *row_cells(struct screen *s, uint32_t row)
{
    uint32_t at = s->top + row;

    return s->cells[at < s->rows ? at : at - s->rows];
}

static void draw(struct screen *s, uint32_t row, uint32_t from, uint32_t to)
{
    s->device->draw(s->device->context, row, from, row_cells(s, row) + from, s->shown[row] + from, to - from);
}

static void draw_dirty(struct screen *s)
{
    if (s->dirty < s->dirty_end && s->num_scrolled == 0)
        draw(s, s->row, s->dirty, s->dirty_end);
    s->dirty = s->columns;
    s->dirty_end = 0;
}

static void draw_all(struct screen *s)
{
    s->num_scrolled = 0;
    for (uint32_t row = 0; row < s->num_entered; row++)
        draw(s, row, 0, s->columns);
}

static void empty_row(struct screen *s, uint32_t row)
{
    memcpy(row_cells(s, row), s->blank, s->columns * sizeof s->blank[0]);
}

/* Takes the next row into use. Nothing is known of it unless the device was cleared. */
static void enter_row(struct screen *s)
{
    uint32_t row = s->num_entered++;

    empty_row(s, row);
    if (s->clean)
        memcpy(s->shown[row], s->blank, s->columns * sizeof s->blank[0]);
    else
        memset(s->shown[row], 0, s->columns * sizeof s->shown[row][0]);
}

bool screen_init(struct screen *s, const struct screen_device *device)
{
    if (device->columns == 0 || device->rows == 0)
        return false;
    memset(s, 0, offsetof(struct screen, blank));
    s->device = device;
    s->columns = device->columns < SCREEN_MAX_COLUMNS ? device->columns : SCREEN_MAX_COLUMNS;
    s->rows = device->rows < SCREEN_MAX_ROWS ? device->rows : SCREEN_MAX_ROWS;
    s->attribute = attribute_of(COLOR_LIGHT_GRAY, COLOR_BLACK);
    for (uint32_t i = 0, blank = cell_of(device->glyph(device->context, ' '), s->attribute); i < s->columns;
         i++)
        s->blank[i] = blank;
    s->dirty = s->columns;
    enter_row(s);
    return true;
}

/* Draws only when a line would be gone before it was ever seen, and then complete lines. */
static void scroll(struct screen *s)
{
    if (s->num_scrolled >= s->rows)
        draw_all(s);
    s->top = s->top + 1 < s->rows ? s->top + 1 : 0;
    empty_row(s, s->rows - 1);
    s->num_scrolled++;
}

static void new_line(struct screen *s)
{
    draw_dirty(s);
    s->column = 0;
    if (s->row + 1 == s->rows) {
        screen_clear_rest(s);
        scroll(s);
        return;
    }
    s->row++;
    if (s->row == s->num_entered)
        enter_row(s);
}

static void mark(struct screen *s, uint32_t from, uint32_t to)
{
    if (from < s->dirty)
        s->dirty = from;
    if (to > s->dirty_end)
        s->dirty_end = to;
}

static void put_cell(struct screen *s, uint32_t cell)
{
    if (s->column >= s->columns)
        new_line(s);
    row_cells(s, s->row)[s->column] = cell;
    mark(s, s->column, s->column + 1);
    s->column++;
}

static void put_code(struct screen *s, uint32_t code)
{
    bool control = code < FIRST_PRINTABLE || (code > LAST_PRINTABLE && code < FIRST_NON_ASCII);
    uint32_t cell = cell_of(s->device->glyph(s->device->context, control ? UTF8_REPLACEMENT : code), 0);

    if (code >= FIRST_PRINTABLE && code <= LAST_PRINTABLE)
        s->plain[code] = cell;
    put_cell(s, cell | s->attribute);
}

/* To the next multiple of SCREEN_TAB, not beyond the right edge. */
static void tab(struct screen *s)
{
    do
        put_code(s, ' ');
    while (s->column % SCREEN_TAB != 0 && s->column < s->columns);
}

static void put(struct screen *s, uint32_t code)
{
    switch (code) {
    case '\n':
        if (s->row + 1 == s->rows)
            s->newline_pending = true;
        else
            new_line(s);
        break;
    case '\r':
        s->column = 0;
        break;
    case '\t':
        tab(s);
        break;
    case '\b':
        s->column -= s->column > 0;
        break;
    default:
        put_code(s, code);
    }
}

/* Makes cells of printable ASCII that was seen before, up to the first byte that was not; returns how many.
 */
static size_t make_plain(const struct screen *s, uint32_t *cells, const uint8_t *text, size_t n)
{
    uint32_t attribute = s->attribute;
    size_t i;

#pragma GCC unroll 4
    for (i = 0; i < n; i++) {
        uint32_t cell = s->plain[text[i]];

        if (cell == 0)
            break;
        cells[i] = cell | attribute;
    }
    return i;
}

/* The fast way for such text, up to the right edge; returns how many bytes went that way. */
static size_t put_plain(struct screen *s, const uint8_t *text, size_t n)
{
    size_t room = s->columns - s->column;
    size_t done = make_plain(s, row_cells(s, s->row) + s->column, text, n < room ? n : room);

    if (done > 0)
        mark(s, s->column, s->column + (uint32_t)done);
    s->column += (uint32_t)done;
    return done;
}

static void put_byte(struct screen *s, uint8_t byte)
{
    uint32_t codes[2];
    uint32_t n = utf8_feed(&s->decoder, byte, codes);

    for (uint32_t i = 0; i < n; i++)
        put(s, codes[i]);
}

void screen_write(struct screen *s, const uint8_t *text, size_t n)
{
    if (s->row > 0)
        screen_clear_rest(s); /* the first line is out */
    for (size_t i = 0; i < n;) {
        if (s->newline_pending) {
            s->newline_pending = false;
            new_line(s);
        }
        if (s->decoder.need == 0)
            i += put_plain(s, text + i, n - i);
        if (i < n)
            put_byte(s, text[i++]);
    }
    draw_dirty(s);
}

void screen_set_color(struct screen *s, enum color foreground, enum color background)
{
    s->attribute = attribute_of(foreground, background);
}

/* The cells of an entered row of which nothing is known, in runs. */
static void clear_unknown(struct screen *s, uint32_t row)
{
    uint32_t *shown = s->shown[row];

    for (uint32_t from = 0, to; from < s->columns; from = to) {
        for (to = from; to < s->columns && (shown[to] == 0) == (shown[from] == 0); to++)
            ;
        if (shown[from] != 0)
            continue;
        s->device->clear(s->device->context, row, from, to - from, COLOR_BLACK);
        memcpy(shown + from, s->blank, (to - from) * sizeof shown[0]);
    }
}

void screen_clear_rest(struct screen *s)
{
    if (s->clean)
        return;
    s->clean = true;
    draw_dirty(s);
    if (s->device->settle != NULL)
        s->device->settle(s->device->context);
    for (uint32_t row = 0; row < s->num_entered; row++)
        clear_unknown(s, row);
    for (uint32_t row = s->num_entered; row < s->rows; row++)
        s->device->clear(s->device->context, row, 0, s->columns, COLOR_BLACK);
}

void screen_flush(struct screen *s)
{
    screen_clear_rest(s);
    draw_dirty(s);
    if (s->num_scrolled > 0)
        draw_all(s);
}
