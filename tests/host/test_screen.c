/* units: kernel/console/screen.c kernel/lib/utf8.c */
/*
 * The grid against a device that remembers what was drawn on it, and against a plain terminal that scrolls
 * by copying.
 */
#include "tests/host/host_test.h"

#include "kernel/console/screen.h"

#define MAX_COLUMNS SCREEN_MAX_COLUMNS
#define MAX_ROWS    SCREEN_MAX_ROWS
#define UNKNOWN     0xffffffffu /* what the device shows before anything is drawn */

static struct screen screen;

/* The device: glyph = code point, cut to 16 bits. */
static struct {
    struct screen_device device;
    uint32_t picture[MAX_ROWS][MAX_COLUMNS];
    uint32_t num_drawn, num_cleared, num_settled;
} panel;

static uint16_t panel_glyph(void *context, uint32_t code)
{
    assert_ptr_equal(context, &panel);
    return (uint16_t)code;
}

static void panel_draw(void *context, uint32_t row, uint32_t column, const uint32_t *cells, uint32_t *shown,
                       uint32_t n)
{
    assert_ptr_equal(context, &panel);
    assert_true(row < panel.device.rows && column + n <= panel.device.columns);
    for (uint32_t i = 0; i < n; i++) {
        assert_true(cells[i] & CELL_SET);
        if (shown[i] != 0)
            assert_int_equal(shown[i], panel.picture[row][column + i]);
        if (shown[i] == cells[i])
            continue;
        panel.picture[row][column + i] = shown[i] = cells[i];
        panel.num_drawn++;
    }
}

static void panel_clear(void *context, uint32_t row, uint32_t column, uint32_t n, enum color background)
{
    assert_ptr_equal(context, &panel);
    assert_true(row < panel.device.rows && column + n <= panel.device.columns);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(panel.picture[row][column + i], UNKNOWN); /* once, and nothing that was drawn */
        panel.picture[row][column + i] = cell_of(' ', attribute_of(COLOR_LIGHT_GRAY, background));
    }
    panel.num_cleared += n;
}

static void panel_settle(void *context)
{
    assert_ptr_equal(context, &panel);
    assert_int_equal(panel.num_cleared, 0);
    panel.num_settled++;
}

static void start(uint32_t columns, uint32_t rows)
{
    panel.device =
        (struct screen_device){&panel, columns, rows, panel_glyph, panel_draw, panel_clear, panel_settle};
    panel.num_drawn = panel.num_cleared = panel.num_settled = 0;
    memset(panel.picture, 0xff, sizeof panel.picture);
    memset(&screen, 0xa5, sizeof screen); /* memory that nobody cleared */
    assert_true(screen_init(&screen, &panel.device));
    assert_int_equal(panel.num_drawn, 0);
}

static void print(const char *text)
{
    screen_write(&screen, (const uint8_t *)text, strlen(text));
}

/* A row of the picture as text: ? for what is unknown, # for what is no ASCII. */
static const char *shown_row(uint32_t row)
{
    static char text[MAX_COLUMNS + 1];
    uint32_t n = panel.device.columns;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t cell = panel.picture[row][i];

        text[i] = (char)(cell == UNKNOWN ? '?' : cell_glyph(cell) < 0x7f ? cell_glyph(cell) : '#');
    }
    text[n] = 0;
    return text;
}

static void test_first_line(void **state)
{
    (void)state;
    start(10, 3);
    print("Hi \xe2\x80\x94 x\n");
    assert_string_equal(shown_row(0), "Hi # x????");
    assert_int_equal(panel.num_drawn, 6);
    assert_int_equal(panel.num_cleared, 0);
    assert_int_equal(panel.num_settled, 0);
    print("a");
    assert_string_equal(shown_row(0), "Hi # x    ");
    assert_string_equal(shown_row(1), "a         ");
    assert_string_equal(shown_row(2), "          ");
    assert_int_equal(panel.num_cleared, 4 + 10 + 10);
    screen_clear_rest(&screen);
    assert_int_equal(panel.num_cleared, 24);
    assert_int_equal(panel.num_settled, 1);
}

static void test_controls(void **state)
{
    (void)state;
    start(20, 4);
    print("abc\rX\n\tT\tU\nab\b\b\bC\n\x1b\x7f\xc2\x85");
    screen_clear_rest(&screen);
    assert_string_equal(shown_row(0), "Xbc                 ");
    assert_string_equal(shown_row(1), "        T       U   ");
    assert_string_equal(shown_row(2), "Cb                  ");
    assert_string_equal(shown_row(3), "###                 ");
    assert_int_equal(cell_glyph(panel.picture[3][0]), 0xfffd);
}

static void test_wrap(void **state)
{
    (void)state;
    start(4, 4);
    print("abcd\nef\xc3\xa4gh"); /* a full line and its newline are one line */
    screen_clear_rest(&screen);
    assert_string_equal(shown_row(0), "abcd");
    assert_string_equal(shown_row(1), "ef#g");
    assert_string_equal(shown_row(2), "h   ");
    print("\tz");
    assert_string_equal(shown_row(2), "h   ");
    assert_string_equal(shown_row(3), "z   ");
}

static void test_colors(void **state)
{
    (void)state;
    start(10, 2);
    print("a");
    screen_set_color(&screen, COLOR_YELLOW, COLOR_RED);
    print("b");
    screen_set_color(&screen, (enum color)0xfff3, (enum color)0x7fffff12);
    print("c");
    assert_int_equal(cell_attribute(panel.picture[0][0]), 0x07);
    assert_int_equal(cell_attribute(panel.picture[0][1]), 0x4e);
    assert_int_equal(cell_attribute(panel.picture[0][2]), 0x23);
    assert_int_equal(panel.num_drawn, 3);
}

static void test_scrolling_is_put_off(void **state)
{
    (void)state;
    start(8, 3);
    print("1\n2\n3");
    assert_int_equal(panel.num_drawn, 3);
    print("\n4");
    assert_string_equal(shown_row(0), "1       ");
    assert_string_equal(shown_row(2), "3       ");
    screen_flush(&screen);
    assert_string_equal(shown_row(0), "2       ");
    assert_string_equal(shown_row(2), "4       ");
    assert_int_equal(panel.num_drawn, 6);
    print("!");
    assert_string_equal(shown_row(2), "4!      ");
    print("\na\nb\nc\nd"); /* c, the last of a screenful, is seen before a, its first, goes */
    assert_string_equal(shown_row(0), "a       ");
    assert_string_equal(shown_row(1), "b       ");
    assert_string_equal(shown_row(2), "c       ");
    screen_flush(&screen);
    assert_string_equal(shown_row(0), "b       ");
    assert_string_equal(shown_row(2), "d       ");
}

/* A line end on the last row waits for the text behind it, so that no row is left empty. */
static void test_last_line_end_waits(void **state)
{
    (void)state;
    start(4, 2);
    print("a\n");
    print("b\n");
    screen_flush(&screen);
    assert_string_equal(shown_row(0), "a   ");
    assert_string_equal(shown_row(1), "b   ");
    print("\nc\n");
    screen_flush(&screen);
    assert_string_equal(shown_row(0), "    ");
    assert_string_equal(shown_row(1), "c   ");
}

/* Scrolling by a line that looks like the one it replaces draws nothing. */
static void test_only_what_differs(void **state)
{
    (void)state;
    start(8, 3);
    print("same\nsame\nsame");
    screen_flush(&screen);
    uint32_t before = panel.num_drawn;
    for (int i = 0; i < 50; i++)
        print("\nsame");
    screen_flush(&screen);
    assert_int_equal(panel.num_drawn, before);
}

/* A plain terminal: what the screen must show in the end. */
static struct {
    uint32_t columns, rows, row, column;
    bool line_end_waits;
    uint32_t cells[MAX_ROWS][MAX_COLUMNS];
} model;

static void model_blank(uint32_t row)
{
    for (uint32_t i = 0; i < model.columns; i++)
        model.cells[row][i] = cell_of(' ', 0x07);
}

static void model_line(void)
{
    model.column = 0;
    if (++model.row < model.rows)
        return;
    model.row--;
    memmove(model.cells[0], model.cells[1], (model.rows - 1) * sizeof model.cells[0]);
    model_blank(model.rows - 1);
}

static void model_cell(uint32_t code, uint8_t attribute)
{
    if (model.column == model.columns)
        model_line();
    model.cells[model.row][model.column++] = cell_of((uint16_t)code, attribute);
}

static void model_put(uint32_t code, uint8_t attribute)
{
    if (model.line_end_waits)
        model_line();
    model.line_end_waits = code == '\n' && model.row + 1 == model.rows;
    if (model.line_end_waits)
        return;
    if (code == '\n')
        model_line();
    else if (code == '\r')
        model.column = 0;
    else if (code == '\b')
        model.column -= model.column > 0;
    else if (code != '\t')
        model_cell(code < 0x20 ? 0xfffd : code, attribute);
    else
        do
            model_cell(' ', attribute);
        while (model.column % 8 != 0 && model.column < model.columns);
}

static void model_start(uint32_t columns, uint32_t rows)
{
    start(columns, rows);
    memset(&model, 0, sizeof model);
    model.columns = columns;
    model.rows = rows;
    for (uint32_t row = 0; row < rows; row++)
        model_blank(row);
}

static void compare_with_model(void)
{
    screen_flush(&screen);
    for (uint32_t row = 0; row < model.rows; row++)
        assert_memory_equal(panel.picture[row], model.cells[row], model.columns * sizeof(uint32_t));
}

static void run_against_model(uint32_t columns, uint32_t rows, uint64_t seed)
{
    static const char controls[] = "\n\n\r\b\t\x01";

    model_start(columns, rows);
    for (int i = 0; i < 4000; i++) {
        uint8_t text[3] = {(uint8_t)('!' + random_u64(&seed) % 90)};
        uint32_t code = text[0], n = 1, kind = (uint32_t)random_u64(&seed) % 12;

        if (kind == 0) {
            code = text[0] = (uint8_t)controls[random_u64(&seed) % 6];
        } else if (kind == 1) {
            code = 0x2500 + (uint32_t)random_u64(&seed) % 64;
            text[0] = 0xe2;
            text[1] = 0x94;
            text[2] = (uint8_t)(0x80 + code - 0x2500);
            n = 3;
        } else if (kind == 2) {
            screen_set_color(&screen, (enum color)(random_u64(&seed) % 16), COLOR_BLACK);
        } else if (kind == 3 && random_u64(&seed) % 20 == 0) {
            compare_with_model();
        }
        for (uint32_t k = 0; k < n; k++)
            screen_write(&screen, text + k, 1); /* a code point may come in pieces */
        model_put(code, screen.attribute);
    }
    compare_with_model();
}

static void test_against_model(void **state)
{
    static const uint32_t sizes[][2] = {{80, 25}, {1, 1},   {1, 9},     {9, 1},
                                        {13, 7},  {40, 12}, {256, 160}, {135, 120}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        run_against_model(sizes[i][0], sizes[i][1], 1000 + i);
}

/* Long pieces, with full rows and line ends anywhere in them. */
static void test_pieces(void **state)
{
    uint64_t seed = 7;
    static uint8_t text[5000];

    (void)state;
    model_start(33, 11);
    for (int round = 0; round < 50; round++) {
        size_t n = random_u64(&seed) % sizeof text;

        for (size_t i = 0; i < n; i++) {
            text[i] = (uint8_t)(random_u64(&seed) % 30 == 0 ? '\n' : ' ' + random_u64(&seed) % 95);
            model_put(text[i], 0x07);
        }
        screen_write(&screen, text, n);
        compare_with_model();
    }
}

static void test_devices_that_lie(void **state)
{
    (void)state;
    panel.device = (struct screen_device){&panel, 0, 10, panel_glyph, panel_draw, panel_clear, panel_settle};
    assert_false(screen_init(&screen, &panel.device));
    panel.device.columns = 10;
    panel.device.rows = 0;
    assert_false(screen_init(&screen, &panel.device));
    start(1000, 1000);
    for (int i = 0; i < 70000; i++)
        print("x");
    print("\n");
    screen_flush(&screen);
    assert_int_equal(screen.columns, SCREEN_MAX_COLUMNS);
    assert_int_equal(screen.rows, SCREEN_MAX_ROWS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_line),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_colors),
        cmocka_unit_test(test_last_line_end_waits),
        cmocka_unit_test(test_scrolling_is_put_off),
        cmocka_unit_test(test_only_what_differs),
        cmocka_unit_test(test_against_model),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_devices_that_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
