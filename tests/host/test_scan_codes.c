/* units: kernel/devices/scan_codes.c kernel/devices/keys.c kernel/lib/printf.c */
/*
 * A PC keyboard's bytes, as they come from the controller that translates them to set 1.
 */
#include "tests/host/host_test.h"

#include "kernel/devices/scan_codes.h"

static struct scan_codes decoder;
static char told[512];

static int reset(void **state)
{
    (void)state;
    memset(&decoder, 0, sizeof decoder);
    return 0;
}

/* The names of the keys that these bytes make. */
static const char *keys(const char *bytes, size_t n)
{
    size_t used = 0;

    told[0] = 0;
    for (size_t i = 0; i < n; i++) {
        struct key key;
        char text[KEY_TEXT_BYTES];

        if (!scan_codes_feed(&decoder, (uint8_t)bytes[i], &key))
            continue;
        key_text(key, text);
        used += (size_t)snprintf(told + used, sizeof told - used, "%s%s", used > 0 ? " " : "", text);
    }
    return told;
}

#define EXPECT_KEYS(bytes, names) assert_string_equal(keys(bytes, sizeof bytes - 1), names)

static void test_every_character(void **state)
{
    static const char rows[] = "1234567890-=qwertyuiop[]asdfghjkl;'`\\zxcvbnm,./";
    static const char shifted[] = "!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"~|ZXCVBNM<>?";
    static const uint8_t firsts[] = {0x02, 0x10, 0x1e, 0x2b}, lasts[] = {0x0d, 0x1b, 0x29, 0x35};
    size_t n = 0;

    (void)state;
    for (int row = 0; row < 4; row++) {
        for (uint8_t scan = firsts[row]; scan <= lasts[row]; scan++, n++) {
            struct key key;

            assert_true(scan_codes_feed(&decoder, scan, &key));
            assert_int_equal(key.code, rows[n]);
            assert_int_equal(key.modifiers, 0);
            assert_false(scan_codes_feed(&decoder, scan | 0x80, &key));
            assert_false(scan_codes_feed(&decoder, 0x2a, &key));
            assert_true(scan_codes_feed(&decoder, scan, &key));
            assert_int_equal(key.code, shifted[n]);
            assert_int_equal(key.modifiers, 0);
            assert_false(scan_codes_feed(&decoder, 0xaa, &key));
        }
    }
    assert_int_equal(n, sizeof rows - 1);
}

static void test_keys_without_a_character(void **state)
{
    (void)state;
    EXPECT_KEYS("\x01\x0e\x0f\x1c\x39\x56", "escape backspace tab enter space \\");
    EXPECT_KEYS("\x3b\x44\x57\x58", "f1 f10 f11 f12");
    EXPECT_KEYS("\xe0\x48\xe0\xc8\xe0\x50\xe0\x4b\xe0\x4d", "up down left right");
    EXPECT_KEYS("\xe0\x47\xe0\x4f\xe0\x49\xe0\x51\xe0\x52\xe0\x53",
                "home end page-up page-down insert delete");
    EXPECT_KEYS("\xe0\x1c\xe0\x35", "enter /");
    EXPECT_KEYS("\xe0\x4c\xe0\x4a\xe0\x5b\xe0\x10\xe0\x37\x54\x7f\x46", ""); /* not on this keyboard */
}

static void test_keypad(void **state)
{
    (void)state;
    EXPECT_KEYS("\x47\x4c\x53\x4a\x4e\x37", "7 5 . - + *");
    EXPECT_KEYS("\x2a\x47\xaa", "shift-home");
    EXPECT_KEYS("\x45\x45\xc5", ""); /* Num Lock, repeated while it is held down: off */
    EXPECT_KEYS("\x47\x4c\x53\x4a\x4e", "home delete - +");
    EXPECT_KEYS("\x2a\x47\xaa", "7");
    EXPECT_KEYS("\x45\xc5\x47", "7");
}

static void test_modifiers(void **state)
{
    (void)state;
    EXPECT_KEYS("\x1d\x2e\x9d\x2e", "control-c c");
    EXPECT_KEYS("\xe0\x1d\x2e\xe0\x9d\x2e", "control-c c");
    EXPECT_KEYS("\x38\x2d\xb8\xe0\x38\x2d\xe0\xb8\x2d", "alt-x alt-x x");
    EXPECT_KEYS("\x1d\x38\x2a\x1e\x9d\xb8\xaa\x1e", "control-alt-a a");
    EXPECT_KEYS("\x2a\x36\xaa\x1e\xb6\x1e", "A a"); /* two shift keys: one is enough */
    EXPECT_KEYS("\x2a\xe0\x48\x0f\x39\xaa", "shift-up shift-tab space");
    EXPECT_KEYS("\xe0\x2a\xe0\x48\xe0\xc8\xe0\xaa\x1e", "up a"); /* the shifts that no finger pressed */
    EXPECT_KEYS("\x2a\xe0\xaa\xe0\x48\x1e\xaa", "shift-up A");
}

static void test_caps_lock(void **state)
{
    (void)state;
    EXPECT_KEYS("\x3a\x3a\x3a\xba\x1e\x02", "A 1"); /* on, however long it is held */
    EXPECT_KEYS("\x2a\x1e\x02\xaa", "a !");
    EXPECT_KEYS("\x1d\x2e\x9d", "control-c");
    EXPECT_KEYS("\x3a\xba\x1e", "a");
}

static void test_repeats(void **state)
{
    (void)state;
    EXPECT_KEYS("\x1e\x1e\x1e\x9e", "a a a");
}

static void test_pause(void **state)
{
    (void)state;
    EXPECT_KEYS("\xe1\x1d\x45\xe1\x9d\xc5\x1e\x47", "a 7"); /* neither Control nor Num Lock */
    EXPECT_KEYS("\xe0\x46\xe0\xc6\x1e", "a");
}

/* What a keyboard or its controller says of itself; after lost bytes nothing is held down. */
static void test_what_is_no_key(void **state)
{
    (void)state;
    EXPECT_KEYS("\xfa\xfe\xaa\xee\xfc\xfd\x1e", "a");
    assert_string_equal(keys("\x2a\x1d\x00\x1e", 4), "a");
    EXPECT_KEYS("\x3a\xba\x2a\xff\x1e", "A");
    EXPECT_KEYS("\xe0\xff\x48", "8");
    EXPECT_KEYS("\xe0\xe0\x48\xe0\xe1\x48\x48\x1e", "up A");
}

static void test_any_bytes(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (int i = 0; i < 1000000; i++) {
        struct key key = {0, 0};
        char text[KEY_TEXT_BYTES];

        if (!scan_codes_feed(&decoder, (uint8_t)(random_u64(&seed) >> 32), &key))
            continue;
        assert_true((key.code > 0 && key.code < 0x7f) || (key.code >= KEY_UP && key.code <= KEY_F12));
        key_text(key, text);
        assert_true(strlen(text) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_character, reset),
        cmocka_unit_test_setup(test_keys_without_a_character, reset),
        cmocka_unit_test_setup(test_keypad, reset),
        cmocka_unit_test_setup(test_modifiers, reset),
        cmocka_unit_test_setup(test_caps_lock, reset),
        cmocka_unit_test_setup(test_repeats, reset),
        cmocka_unit_test_setup(test_pause, reset),
        cmocka_unit_test_setup(test_what_is_no_key, reset),
        cmocka_unit_test_setup(test_any_bytes, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
