/* units: kernel/console/framebuffer.c kernel/lib/printf.c kernel/console/psf.c kernel/lib/utf8.c
 * kernel/console/fonts/fonts.S */
/*
 * The console with every set of outputs there can be: a serial port made of a few variables, a framebuffer
 * and a VGA made of memory.
 */
#include "tests/host/host_test.h"

#define KERNEL_CPU_H /* the ports below instead of the machine's */

#define RFLAGS_IF UINT64_C(0x200)

static void out8(uint16_t port, uint8_t value);
static uint8_t in8(uint16_t port);
static void cpu_pause(void);

static bool interrupts;

static uint64_t read_rflags(void)
{
    return interrupts ? RFLAGS_IF : 0;
}

static void interrupts_off(void)
{
    interrupts = false;
}

static void interrupts_on(void)
{
    interrupts = true;
}

static uint64_t rdtsc(void)
{
    static uint64_t now;

    return ++now;
}

#define KERNEL_THIS_CPU_H /* two CPUs that take turns */
struct cpu {
    uint32_t index;
    bool interrupts_were_on;
    struct spinlock *held;
};

/* Nothing is asked of them. */
void smp_answer(void) {}

static struct cpu cpus[2] = {{.index = 0}, {.index = 1}}, *current;

static struct cpu *this_cpu(void)
{
    return current;
}

#include "kernel/console/cp437.c"
#include "kernel/console/log.c"
#include "kernel/console/screen.c"
#include "kernel/console/serial.c"
#define take take_bits /* not that of the lock */
#include "kernel/lib/inflate.c"
#undef take
#define text video_memory /* not the name of a parameter in the files behind it */
#include "kernel/console/vga_text.c"
#undef text
#define take take_lock /* names that files have in common */
#include "kernel/cpu/spinlock.c"
#undef take
#define begin begin_console
#include "kernel/console/console.c"
#undef begin
#include "kernel/console/screen_console.c"
#include "kernel/console/serial_console.c"

_Noreturn void panic(const char *format, ...)
{
    fail_msg("panic: %s", format);
    abort();
}

#define SENT_BYTES 200000

static struct {
    bool present, stuck;
    uint16_t port;
    uint32_t pause, busy; /* status reads until it is ready again */
    uint8_t scratch, modem, looped;
    char sent[SENT_BYTES];
    size_t num_sent;
} uart;

static bool has_vga_ports;
static uint8_t vga_index, vga_value;

static uint8_t uart_status(void)
{
    bool looped = uart.modem & 0x10;

    if (uart.busy > 0 && !uart.stuck)
        uart.busy--;
    return (uint8_t)((uart.busy == 0 && !uart.stuck ? 0x60 : 0) | looped);
}

static void out8(uint16_t port, uint8_t value)
{
    if (port >= uart.port && port <= uart.port + 7) {
        if (port == uart.port + 7)
            uart.scratch = value;
        else if (port == uart.port + 4)
            uart.modem = value;
        else if (port == uart.port && uart.modem & 0x10)
            uart.looped = value;
        else if (port == uart.port && uart.modem == 0x0f && uart.num_sent < SENT_BYTES)
            uart.sent[uart.num_sent++] = (char)value, uart.busy = uart.pause;
        return;
    }
    if (port == 0x3d4)
        vga_index = value;
    if (port == 0x3d5 && vga_index == 0x0f)
        vga_value = value;
}

static uint8_t in8(uint16_t port)
{
    if (port >= uart.port && port <= uart.port + 7 && uart.present) {
        const uint8_t registers[] = {uart.looped, 0, 0xc1, 0, uart.modem, uart_status(), 0, uart.scratch};

        return registers[port - uart.port];
    }
    if (!has_vga_ports || port < 0x3c0 || port > 0x3df)
        return 0xff;
    return port == 0x3d5 ? vga_value : port == 0x3cf ? 0x0e : 0;
}

static uint8_t *panel;

/* Everything as the loader leaves it: .bss clear, .noinit not. */
static int reset(void **state)
{
    (void)state;
    memset(&uart, 0, sizeof uart);
    uart.present = true;
    uart.port = SERIAL_COM1;
    has_vga_ports = true;
    display_error = NULL;
    memset(states, 0, sizeof states);
    serial.port = 0;
    num_polls = 0;
    position = log_end();
    lock.holder = 0;
    owner = NULL;
    current = &cpus[0];
    cpus[0].held = cpus[1].held = NULL;
    writer = current;
    interrupts = true;
    memset(&screen, 0xee, sizeof screen);
    panel = calloc(1, 0x200000);
    return 0;
}

static int release(void **state)
{
    (void)state;
    free(panel);
    return 0;
}

static const struct display no_display;
static const struct display vga_display = {.kind = DISPLAY_VGA_TEXT, .width = 80, .height = 25};
static const struct display framebuffer_display = {
    DISPLAY_FRAMEBUFFER, 640, 480, 2560, 32, 0xff0000, 0xff00, 0xff, 0, 640 * 480 * 4};

/* Whoever had the port before may have left a line open: it is ended. */
static void start(const struct display *display, volatile void *memory)
{
    size_t before = uart.num_sent;

    uart.modem = 0; /* the divisor is not a byte to be sent */
    console_init(display, memory);
    assert_true(interrupts);
    assert_int_equal(uart.num_sent - before, serial.port != 0 ? 2 : 0);
    assert_memory_equal(uart.sent + before, "\r\n", uart.num_sent - before);
    uart.num_sent = before;
}

static void expect_sent(const char *expected)
{
    size_t n = strlen(expected);

    assert_int_equal(uart.num_sent, n);
    assert_memory_equal(uart.sent, expected, n);
}

/* All of the log has been sent, each line ended by CR LF, behind the end of a line; `expected` is its end. */
static void expect_sent_log(const char *expected)
{
    size_t n = strlen(expected), at = 2;
    uint64_t from = 0;
    struct span rest;

    assert_memory_equal(uart.sent, "\r\n", 2);
    for (; (rest = log_from(&from)).n > 0; from += rest.n) {
        for (size_t i = 0; i < rest.n; i++) {
            if (rest.p[i] == '\n')
                assert_int_equal(uart.sent[at++], '\r');
            assert_int_equal((uint8_t)uart.sent[at++], rest.p[i]);
        }
    }
    assert_int_equal(uart.num_sent, at);
    assert_memory_equal(uart.sent + at - n, expected, n);
}

static char vga_char(uint32_t row, uint32_t column)
{
    return (char)panel[0x18000 + (row * 80 + column) * 2];
}

static void test_all_sets_of_outputs(void **state)
{
    (void)state;
    for (uint32_t set = 0; set < 6; set++) {
        const struct display *displays[] = {&no_display, &vga_display, &framebuffer_display};
        uint32_t kind = set % 3;

        release(state);
        reset(state);
        uart.present = set >= 3;
        start(displays[kind], panel + (kind == 1 ? 0x18000 : 0));
        assert_null(console_display_error());
        printk("%s %d\n", "two", 2);
        console_flush();
        expect_sent(uart.present ? "two 2\r\n" : "");
        if (kind == 1)
            assert_int_equal(vga_char(0, 1), 'w');
        else
            assert_int_equal(panel[0], kind == 2 ? palette[COLOR_BLACK].blue : 0);
    }
}

/* The log keeps what was printed before there was a console. */
static void test_before_init(void **state)
{
    (void)state;
    printk("early \xe2\x80\x94\n");
    console_flush();
    start(&no_display, NULL);
    printk("late\n");
    expect_sent("early \xe2\x80\x94\r\nlate\r\n");
}

static void test_displays_that_fail(void **state)
{
    struct display bad = framebuffer_display;

    (void)state;
    bad.pitch_bytes = 2559;
    start(&bad, panel);
    assert_string_equal(console_display_error(), "pitch shorter than a row of pixels");
    printk("x");
    has_vga_ports = false;
    start(&vga_display, panel + 0x18000);
    assert_string_equal(console_display_error(), "no VGA answers");
    printk("y");
    console_flush();
    for (size_t i = 0; i < 0x200000; i++)
        assert_int_equal(panel[i], 0);
}

/* A slow port is not waited for, and gets everything in the end. */
static void test_slow_serial(void **state)
{
    (void)state;
    uart.pause = 50;
    start(&no_display, NULL);
    for (int i = 0; i < 3000; i++)
        printk("%d\n", i % 10);
    assert_true(uart.num_sent < 3000 * 3);
    console_flush();
    assert_int_equal(uart.num_sent, 3000 * 3);
    for (size_t i = 0; i < 3000; i++)
        assert_memory_equal(uart.sent + 3 * i, ((const char[]){(char)('0' + i % 10), '\r', '\n'}), 3);
}

/* A port that stops is given up, once, and the screen says so. */
static void test_stuck_serial(void **state)
{
    (void)state;
    start(&vga_display, panel + 0x18000);
    uart.stuck = true;
    printk("lost\n");
    assert_true(states[0].usable);
    console_flush();
    assert_false(states[0].usable);
    assert_int_equal(vga_char(1, 4), 's'); /* The serial port ... */
    console_flush();
    assert_int_equal(vga_char(2, 0), ' ');
}

/* More than the log holds while the port is busy: the last LOG_BYTES arrive. */
static void test_overtaken(void **state)
{
    const uint32_t num_lines = LOG_BYTES / 7 + 100; /* of 7 bytes: the ring ends within one */
    char line[8];

    (void)state;
    start(&no_display, NULL);
    uart.stuck = true;
    for (uint32_t i = 0; i < num_lines; i++)
        printk("%06u|", i);
    uart.stuck = false;
    console_flush();
    assert_int_equal(uart.num_sent, LOG_BYTES);
    for (uint32_t i = 0; i < LOG_BYTES; i++) {
        uint32_t at = num_lines * 7 - LOG_BYTES + i;

        snprintf(line, sizeof line, "%06u|", at / 7);
        assert_int_equal(uart.sent[i], line[at % 7]);
    }
}

/* To another port, with a port before or without: all that the log has goes there first. */
static void test_other_port(void **state)
{
    struct serial port = {.port = 0x2f8, .stride_bytes = 1};

    (void)state;
    for (int has_com1 = 0; has_com1 < 2; has_com1++) {
        uart.present = has_com1;
        uart.port = SERIAL_COM1;
        start(&no_display, NULL);
        printk("first %d\n", has_com1);
        uart.present = true;
        uart.port = 0x2f8;
        port.port = 0x2f8;
        uart.modem = 0;
        assert_true(serial_open(&port, SERIAL_DIVISOR_115200));
        uart.num_sent = 0;
        console_set_serial(&port);
        assert_true(interrupts);
        printk("second\n");
        console_flush();
        expect_sent_log(has_com1 ? "first 1\r\nsecond\r\n" : "first 0\r\nsecond\r\n");
    }
}

static void test_long_pieces(void **state)
{
    static char piece[1001], expected[1100];

    (void)state;
    memset(piece, 'p', 1000);
    start(&no_display, NULL);
    printk("<%s>%300d\n", piece, 7);
    snprintf(expected, sizeof expected, "<%s>", piece);
    assert_memory_equal(uart.sent, expected, 1002);
    assert_int_equal(uart.num_sent, 1002 + 300 + 2);
    assert_memory_equal(uart.sent + 1002 + 298, " 7\r\n", 4);
}

/* Which call of cpu_pause() lets the other CPU go on; what that does is up to the test. */
static void (*other_cpu)(void);

static void cpu_pause(void)
{
    if (other_cpu != NULL)
        other_cpu();
}

/* A panic comes out of the middle of drawing: the screen is begun anew, once. */
static void test_panic_while_drawing(void **state)
{
    (void)state;
    start(&vga_display, panel + 0x18000);
    printk("before\n");
    begin_console();
    states[1].in_use = true;
    screen.row = 0x7fffffff; /* half done */
    console_break_in();
    printk("panic\n");
    console_flush();
    expect_sent("before\r\npanic\r\n");
    assert_int_equal(vga_char(0, 0), 'p');
    states[1].in_use = true;
    screen.row = 0x7fffffff;
    console_break_in();
    printk("again\n");
    console_flush();
    expect_sent("before\r\npanic\r\nagain\r\n");
    assert_int_equal(vga_char(0, 0), 'p');
}

/* A panic comes out of the middle of sending: what was on its way may be sent twice, nothing is lost. */
static void test_panic_while_sending(void **state)
{
    (void)state;
    start(&no_display, NULL);
    begin_console();
    log_write((const uint8_t *)"half", 4, 1);
    states[0].in_use = true;
    uart.num_sent = 0;
    out8(0x3f8, 'h');
    console_break_in();
    printk("\npanic\n");
    expect_sent("hhalf\r\npanic\r\n");
}

/* Another CPU holds the lock and was stopped. */
static void test_panic_beside_a_stopped_cpu(void **state)
{
    (void)state;
    start(&no_display, NULL);
    current = &cpus[1];
    begin_console();
    log_write((const uint8_t *)"half", 4, 1);
    current = &cpus[0];
    interrupts = false;
    console_break_in();
    assert_true(spin_is_mine(&lock));
    printk("\npanic\n");
    console_flush();
    expect_sent("half\r\npanic\r\n");
}

static void finish_line(void)
{
    other_cpu = NULL;
    current = &cpus[0];
    write_out("line of one\n", 12);
    end();
    current = &cpus[1];
}

/* A CPU that prints is waited for. */
static void test_lines_are_not_torn(void **state)
{
    (void)state;
    start(&no_display, NULL);
    begin_writing();
    write_out("a ", 2);
    current = &cpus[1];
    other_cpu = finish_line;
    printk("line of the other\n");
    expect_sent("a line of one\r\nline of the other\r\n");
    assert_null(cpus[0].held);
    assert_null(cpus[1].held);
}

/* A line made up of several calls is ended before another CPU's. */
static void test_lines_are_not_mixed(void **state)
{
    (void)state;
    start(&no_display, NULL);
    printk("label ");
    current = &cpus[1];
    printk("other\n");
    current = &cpus[0];
    printk("value\n");
    expect_sent("label \r\nother\r\nvalue\r\n");
}

static void test_colors(void **state)
{
    (void)state;
    console_set_color(COLOR_RED, COLOR_BLACK); /* before there is a screen */
    start(&vga_display, panel + 0x18000);
    console_set_color(COLOR_WHITE, COLOR_RED);
    printk("!");
    assert_int_equal(panel[0x18001], 0x4f);
    expect_sent("!");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, release)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_sets_of_outputs),
        TEST(test_before_init),
        TEST(test_displays_that_fail),
        TEST(test_slow_serial),
        TEST(test_stuck_serial),
        TEST(test_overtaken),
        TEST(test_other_port),
        TEST(test_long_pieces),
        TEST(test_panic_while_drawing),

        TEST(test_panic_while_sending),
        TEST(test_panic_beside_a_stopped_cpu),
        TEST(test_lines_are_not_torn),
        TEST(test_lines_are_not_mixed),
        TEST(test_colors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
