/* units: efi/load_options.c */
#include "tests/host/host_test.h"

#include "efi/load_options.h"

static char text[32];

static struct span str(const char *s)
{
    return span_of(s, strlen(s));
}

static void expect_words(const char *line, const char *file, const char *words)
{
    struct span left = load_options_words(str(line), str(file));

    assert_int_equal(left.n, strlen(words));
    assert_memory_equal(left.p, words, left.n);
}

static void text_ends_at_zero_or_at_the_end(void **state)
{
    (void)state;
    assert_int_equal(load_options_text(span_of("e\0x\0i\0t\0", 8), text, sizeof text), 4);
    assert_memory_equal(text, "exit", 4);
    assert_int_equal(load_options_text(span_of("e\0x\0\0\0t\0", 8), text, sizeof text), 2);
    assert_int_equal(load_options_text(span_of("e\0x\0i", 5), text, sizeof text), 2);
    assert_int_equal(load_options_text(span_of("", 0), text, sizeof text), 0);
}

static void what_is_no_text_gives_nothing(void **state)
{
    (void)state;
    assert_int_equal(load_options_text(span_of("e\0x\0\x07\0t\0", 8), text, sizeof text), 0);
    assert_int_equal(load_options_text(span_of("e\0x\0i\x01t\0", 8), text, sizeof text), 0);
    assert_int_equal(load_options_text(span_of("\xff\xff", 2), text, sizeof text), 0);
    assert_int_equal(load_options_text(span_of("a\0\t\0b\0", 6), text, sizeof text), 3);
}

static void text_is_cut_to_its_room(void **state)
{
    (void)state;
    memset(text, '#', sizeof text);
    assert_int_equal(load_options_text(span_of("e\0x\0i\0t\0", 8), text, 2), 2);
    assert_memory_equal(text, "ex##", 4);
}

static void own_name_is_no_word(void **state)
{
    (void)state;
    expect_words("janus.efi exit now", "\\tools\\janus.efi", "exit now");
    expect_words("fs0:\\tools\\JANUS.EFI  exit", "\\tools\\janus.efi", "exit");
    expect_words("tools/janus exit", "\\tools\\janus.efi", "exit");
    expect_words(" fs0:janus", "janus.efi", "");
    expect_words("kernel exit", "kernel", "exit");
}

static void any_other_first_word_is(void **state)
{
    (void)state;
    expect_words("exit", "\\tools\\janus.efi", "exit");
    expect_words("exit janus.efi", "\\tools\\janus.efi", "exit janus.efi");
    expect_words("janus2.efi exit", "\\tools\\janus.efi", "janus2.efi exit");
    expect_words("\\ exit", "\\tools\\", "\\ exit"); /* two empty names are not the same name */
    expect_words("exit", "", "exit");
    expect_words("", "janus.efi", "");
    expect_words("  ", "janus.efi", "  ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_ends_at_zero_or_at_the_end), cmocka_unit_test(what_is_no_text_gives_nothing),
        cmocka_unit_test(text_is_cut_to_its_room),         cmocka_unit_test(own_name_is_no_word),
        cmocka_unit_test(any_other_first_word_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
