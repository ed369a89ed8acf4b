/* units: kernel/devices/terminal_keys.c kernel/devices/keys.c kernel/lib/printf.c kernel/lib/utf8.c */
/*
 * What terminals send.
 */
#include "tests/host/host_test.h"

#include "kernel/devices/terminal_keys.h"

static struct terminal_keys decoder;
static char told[1024];
static size_t used;

static int reset(void **state)
{
    (void)state;
    memset(&decoder, 0, sizeof decoder);
    return 0;
}

static void tell(const struct key *keys, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        char text[KEY_TEXT_BYTES];

        key_text(keys[i], text);
        used += (size_t)snprintf(told + used, sizeof told - used, "%s%s", used > 0 ? " " : "", text);
    }
}

static void feed(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct key keys[2];
        uint32_t num = terminal_keys_feed(&decoder, (uint8_t)bytes[i], keys);

        assert_in_range(num, 0, 2);
        tell(keys, num);
    }
}

/* The names of the keys that these bytes make, with nothing behind them. */
static const char *keys(const char *bytes, size_t n)
{
    struct key key;

    used = 0;
    told[0] = 0;
    feed(bytes, n);
    if (terminal_keys_is_waiting(&decoder))
        tell(&key, terminal_keys_end(&decoder, &key));
    assert_false(terminal_keys_is_waiting(&decoder));
    return told;
}

#define EXPECT_KEYS(bytes, names) assert_string_equal(keys(bytes, sizeof bytes - 1), names)

static void test_characters(void **state)
{
    (void)state;
    EXPECT_KEYS("aZ ~", "a Z space ~");
    EXPECT_KEYS("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "U+00E4 U+20AC U+1F600");
    EXPECT_KEYS("\x01\x1a\x1c\x1f", "control-a control-z control-\\ control-_");
    assert_string_equal(keys("\x00", 1), "control-space");
    EXPECT_KEYS("\x7f\b\t", "backspace backspace tab");
}

/* One key, whatever the terminal or a file makes of the end of a line. */
static void test_enter(void **state)
{
    (void)state;
    EXPECT_KEYS("\r", "enter");
    reset(state);
    EXPECT_KEYS("\n", "enter");
    EXPECT_KEYS("\r\n\r\n", "enter enter");
    EXPECT_KEYS("\n\n\r\r", "enter enter enter enter");
    EXPECT_KEYS("\ra\n", "enter a enter");
}

static void test_keys_without_a_character(void **state)
{
    (void)state;
    EXPECT_KEYS("\x1b[A\x1b[B\x1b[C\x1b[D", "up down right left");
    EXPECT_KEYS("\x1bOA\x1bOB\x1bOC\x1bOD\x1bOM", "up down right left enter");
    EXPECT_KEYS("\x1b[H\x1b[F\x1bOH\x1bOF", "home end home end");
    EXPECT_KEYS("\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[7~\x1b[8~",
                "home insert delete end page-up page-down home end");
    EXPECT_KEYS("\x1bOP\x1bOS\x1b[11~\x1b[15~\x1b[17~\x1b[21~\x1b[23~\x1b[24~", "f1 f4 f1 f5 f6 f10 f11 f12");
    EXPECT_KEYS("\x1b[[A\x1b[[E", "f1 f5");
    EXPECT_KEYS("\x1b[Z", "shift-tab");
}

static void test_modifiers(void **state)
{
    (void)state;
    EXPECT_KEYS("\x1b[1;2A\x1b[1;3B\x1b[1;5C\x1b[1;8D",
                "shift-up alt-down control-right control-alt-shift-left");
    EXPECT_KEYS("\x1b[3;5~\x1b[24;2~\x1b[1;2P", "control-delete shift-f12 shift-f1");
    EXPECT_KEYS("\x1b[1;0A\x1b[1;1A\x1b[;5A", "up up control-up");
    EXPECT_KEYS("\x1bx\x1b\xc3\xa4\x1b\rx", "alt-x alt-U+00E4 alt-enter x");
    EXPECT_KEYS("\x1b\x01", "control-alt-a");
}

static void test_escape(void **state)
{
    (void)state;
    EXPECT_KEYS("\x1b", "escape");
    EXPECT_KEYS("\x1b\x1b", "escape escape");
    EXPECT_KEYS("\x1b\x1b[A", "escape up");
    EXPECT_KEYS("a\x1b", "a escape");
}

/* Passed over, and nothing of what follows is taken with it. */
static void test_unknown_sequences(void **state)
{
    (void)state;
    EXPECT_KEYS("\x1b[0~x\x1b[9~x\x1b[16~x\x1b[25~x\x1b[999~x\x1b[99999999999~x", "x x x x x x");
    EXPECT_KEYS("\x1b[?1;2cx\x1b[24;80Rx\x1b[1;2;3;4;5Ax", "x x shift-up x");
    EXPECT_KEYS("\x1bOzx\x1b[[zx\x1b[1$ qx\x1b[Mx", "x x x x");
}

static void test_cut_short(void **state)
{
    (void)state;
    EXPECT_KEYS("\x1b[", "");
    EXPECT_KEYS("\x1b[1;", "");
    EXPECT_KEYS("\x1bO", "");
    EXPECT_KEYS("\x1b[\x1b[A", "up");
    EXPECT_KEYS("\x1b[1;5\rx", "enter x");
    EXPECT_KEYS("\x1b[1\xc3\xa4", "U+00E4");
    EXPECT_KEYS("\xc3", "U+FFFD");
    EXPECT_KEYS("\xc3\x1b[A", "U+FFFD up");
    EXPECT_KEYS("\xe2\x82\r", "U+FFFD enter");
    EXPECT_KEYS("\xc3x\xff", "U+FFFD x U+FFFD");
}

static void test_any_bytes(void **state)
{
    static const char likely[] = "\x1b\x1b[O;0123456789~ABCDHFPZ\r\n\xc3\xa4\xf0\x9f";
    uint64_t seed = 1;

    (void)state;
    for (int i = 0; i < 1000000; i++) {
        uint64_t random = random_u64(&seed) >> 16;
        struct key keys_made[2];
        uint8_t byte =
            random & 0x100 ? (uint8_t)random : (uint8_t)likely[(random >> 16) % (sizeof likely - 1)];
        uint32_t num = terminal_keys_feed(&decoder, byte, keys_made);

        assert_in_range(num, 0, 2);
        for (uint32_t k = 0; k < num; k++)
            assert_true(keys_made[k].code > 0 && keys_made[k].code <= KEY_F12 && keys_made[k].modifiers < 8);
        if (random & 0x200)
            assert_in_range(terminal_keys_end(&decoder, keys_made), 0, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_characters, reset),
        cmocka_unit_test_setup(test_enter, reset),
        cmocka_unit_test_setup(test_keys_without_a_character, reset),
        cmocka_unit_test_setup(test_modifiers, reset),
        cmocka_unit_test_setup(test_escape, reset),
        cmocka_unit_test_setup(test_unknown_sequences, reset),
        cmocka_unit_test_setup(test_cut_short, reset),
        cmocka_unit_test_setup(test_any_bytes, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
