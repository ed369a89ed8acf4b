/* units:  */
/*
 * The keyboard controller's driver on a controller and a keyboard made of a few variables, good ones, bad
 * ones and none. A wait that does not end would show as a test that hangs; how long waits are, as a number of
 * reads.
 */
#include "tests/host/host_test.h"

#define KERNEL_CPU_H /* the ports below instead of the machine's */

static void out8(uint16_t port, uint8_t value);
static uint8_t in8(uint16_t port);

#include "kernel/devices/ps2.c"

static struct {
    int constant;   /* what every read gives, -1: there is a controller */
    bool mute;      /* the controller takes commands and does not answer */
    bool stuck;     /* it takes nothing */
    bool no_config; /* firmware that plays a controller without a configuration byte */
    bool no_translation;
    uint8_t self_test, port_test;
    bool no_keyboard, needs_reset, babbles; /* babbles: sends key after key */
    int bad_sends;                          /* bytes the keyboard does not understand */
    uint8_t config;
    int pending;     /* command whose parameter comes next; -1: none */
    uint8_t out[64]; /* to be read */
    bool from_second[64];
    uint32_t num_out;
    bool enabled, untranslated_set_1;
    int set_parameter;
    uint32_t num_resets, num_cpu_resets;
    uint64_t num_reads;
} pc;

static void answer(uint8_t byte, bool second)
{
    assert_true(pc.num_out < sizeof pc.out);
    pc.from_second[pc.num_out] = second;
    pc.out[pc.num_out++] = byte;
}

static void keyboard(uint8_t byte)
{
    if (pc.no_keyboard || (pc.needs_reset && byte != 0xff)) {
        return;
    }
    if (pc.bad_sends > 0) {
        pc.bad_sends--;
        answer(0xfe, false);
        return;
    }
    if (pc.set_parameter) {
        pc.set_parameter = 0;
        pc.untranslated_set_1 = byte == 1;
    } else if (byte == 0xf0) {
        pc.set_parameter = 1;
    }
    answer(0xfa, false);
    if (byte == 0xff) {
        pc.needs_reset = false;
        pc.num_resets++;
        answer(0xaa, false);
    }
    pc.enabled = byte == 0xf4 || (pc.enabled && byte != 0xf6);
}

static void command(uint8_t byte)
{
    switch (byte) {
    case 0x20:
        if (!pc.no_config)
            answer(pc.config, false);
        break;
    case 0x60:
        pc.pending = byte;
        break;
    case 0xaa:
        answer(pc.self_test, false);
        break;
    case 0xab:
        answer(pc.port_test, false);
        break;
    case 0xad:
        pc.config |= 0x10;
        break;
    case 0xae:
        pc.config &= 0xef;
        break;
    case 0xa7:
        pc.config |= 0x20;
        break;
    case 0xfe:
        pc.num_cpu_resets++;
        break;
    default:
        fail_msg("command %02x", byte);
    }
}

static void out8(uint16_t port, uint8_t value)
{
    assert_true(port == 0x60 || port == 0x64);
    if (pc.constant >= 0 || pc.stuck || (pc.mute && port == 0x64)) {
        pc.num_cpu_resets += port == 0x64 && value == 0xfe;
        return;
    }
    if (port == 0x64) {
        command(value);
    } else if (pc.pending == 0x60) {
        pc.config = pc.no_translation ? value & 0xbf : value;
        pc.pending = -1;
    } else {
        keyboard(value);
    }
}

static uint8_t in8(uint16_t port)
{
    pc.num_reads++;
    if (pc.constant >= 0)
        return (uint8_t)pc.constant;
    if (pc.babbles && pc.num_out == 0)
        answer(0x1e, false);
    if (port == 0x64)
        return (uint8_t)((pc.num_out > 0) | (pc.stuck ? 2 : 0) |
                         (pc.num_out > 0 && pc.from_second[0] ? 0x20 : 0));
    assert_true(pc.num_out > 0);
    uint8_t byte = pc.out[0];
    pc.num_out--;
    memmove(pc.out, pc.out + 1, pc.num_out);
    memmove(pc.from_second, pc.from_second + 1, pc.num_out);
    return byte;
}

static int reset(void **state)
{
    (void)state;
    memset(&pc, 0, sizeof pc);
    pc.constant = -1;
    pc.pending = -1;
    pc.self_test = 0x55;
    pc.config = 0x47; /* as a BIOS leaves it: translating, interrupts on */
    return 0;
}

#define ALL_POLLS (20u * PS2_MAX_POLLS)

static void expect_keyboard(void)
{
    uint8_t byte;

    assert_null(ps2_init());
    assert_true(pc.enabled);
    assert_int_equal(pc.config & 0x13, 0); /* no interrupts, first port on */
    assert_false(ps2_read(&byte));
    answer(0x1e, false);
    answer(0x99, true); /* a mouse's */
    answer(0x9e, false);
    assert_true(ps2_read(&byte));
    assert_int_equal(byte, 0x1e);
    assert_false(ps2_read(&byte));
    assert_true(ps2_read(&byte));
    assert_int_equal(byte, 0x9e);
}

static void expect_fault(const char *fault)
{
    uint8_t byte;

    pc.num_reads = 0;
    assert_string_equal(ps2_init(), fault);
    assert_true(pc.num_reads < ALL_POLLS);
    pc.num_reads = 0;
    assert_false(ps2_read(&byte));
    assert_int_equal(pc.num_reads, 0);
}

static void test_present(void **state)
{
    (void)state;
    expect_keyboard();
    assert_int_equal(pc.config, 0x64); /* translating, second port off, the rest kept */
    assert_int_equal(pc.num_resets, 0);
    expect_keyboard(); /* once more */
    pc.config = 0x33;  /* both ports off, keys as the keyboard has them */
    expect_keyboard();
    assert_int_equal(pc.config, 0x60);
}

static void test_bytes_left_over(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++)
        answer((uint8_t)(0xf0 + i), i % 2 != 0);
    expect_keyboard();
}

static void test_absent(void **state)
{
    (void)state;
    pc.constant = 0xff;
    expect_fault("no controller");
    assert_true(pc.num_reads <= 1);
    pc.constant = 0x00;
    expect_fault("controller does not answer");
    for (int constant = 1; constant < 0xff; constant++) {
        pc.constant = constant;
        pc.num_reads = 0;
        assert_non_null(ps2_init());
        assert_true(pc.num_reads < ALL_POLLS);
    }
}

static void test_stuck(void **state)
{
    (void)state;
    pc.stuck = true;
    expect_fault("controller does not answer");
    reset(state);
    pc.mute = true;
    expect_fault("controller does not answer");
}

static void test_faults(void **state)
{
    (void)state;
    pc.no_keyboard = true;
    expect_fault("no keyboard");
    pc.self_test = 0xfc;
    expect_fault("controller fails its self test");
    pc.self_test = 0x55;
    pc.port_test = 2;
    expect_fault("a line of the port is stuck");
    pc.no_keyboard = false; /* proves both wrong */
    pc.self_test = 0xfc;
    expect_keyboard();
}

static void test_firmware_that_plays_a_controller(void **state)
{
    (void)state;
    pc.no_config = true;
    pc.port_test = 0xff;
    pc.config = 0x40;
    assert_null(ps2_init());
    assert_true(pc.enabled);
    assert_false(pc.untranslated_set_1);
}

static void test_no_translation(void **state)
{
    (void)state;
    pc.no_translation = true;
    expect_keyboard();
    assert_true(pc.untranslated_set_1);
}

static void test_keyboards(void **state)
{
    (void)state;
    pc.bad_sends = 2;
    expect_keyboard();
    reset(state);
    pc.bad_sends = 1000;
    expect_fault("no keyboard");
    reset(state);
    pc.needs_reset = true;
    expect_keyboard();
    assert_int_equal(pc.num_resets, 1);
}

/* Keys without end, also while it should answer. */
static void test_babbling(void **state)
{
    (void)state;
    pc.babbles = true;
    pc.num_reads = 0;
    (void)ps2_init();
    assert_true(pc.num_reads < ALL_POLLS);
}

static void test_reset_of_the_cpu(void **state)
{
    (void)state;
    assert_true(ps2_reset_cpu());
    assert_int_equal(pc.num_cpu_resets, 1);
    pc.stuck = true;
    pc.num_reads = 0;
    assert_true(ps2_reset_cpu());
    assert_int_equal(pc.num_cpu_resets, 2);
    assert_true(pc.num_reads < 2 * PS2_MAX_POLLS);
    pc.constant = 0xff;
    assert_false(ps2_reset_cpu());
    assert_int_equal(pc.num_cpu_resets, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_present, reset),
        cmocka_unit_test_setup(test_bytes_left_over, reset),
        cmocka_unit_test_setup(test_absent, reset),
        cmocka_unit_test_setup(test_stuck, reset),
        cmocka_unit_test_setup(test_faults, reset),
        cmocka_unit_test_setup(test_firmware_that_plays_a_controller, reset),
        cmocka_unit_test_setup(test_no_translation, reset),
        cmocka_unit_test_setup(test_keyboards, reset),
        cmocka_unit_test_setup(test_babbling, reset),
        cmocka_unit_test_setup(test_reset_of_the_cpu, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
