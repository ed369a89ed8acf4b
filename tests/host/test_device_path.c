/* units: efi/device_path.c */
#include "tests/host/host_test.h"

#include "efi/device_path.h"

#define PATH_BYTES 256

static uint8_t bytes[PATH_BYTES];
static size_t num_bytes;
static char text[64];

static const uint8_t guid[DEVICE_PATH_GUID_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void node(uint8_t type, uint8_t subtype, const void *data, size_t n)
{
    uint8_t head[] = {type, subtype, (uint8_t)(4 + n), 0};

    memcpy(bytes + num_bytes, head, sizeof head);
    if (n > 0)
        memcpy(bytes + num_bytes + sizeof head, data, n);
    num_bytes += sizeof head + n;
}

static void file_node(const char *name)
{
    uint8_t ucs2[128] = {0};

    for (size_t i = 0; name[i] != 0; i++)
        ucs2[2 * i] = (uint8_t)name[i];
    node(4, 4, ucs2, 2 * (strlen(name) + 1));
}

static void end_node(void)
{
    node(0x7f, 0xff, NULL, 0);
}

/* Exactly the bytes of the path, so that the sanitizer sees a read beyond them. */
static struct span path(void)
{
    static uint8_t *copy;

    free(copy);
    copy = malloc(num_bytes + (num_bytes == 0));
    memcpy(copy, bytes, num_bytes);
    return span_of(copy, num_bytes);
}

static int begin(void **state)
{
    (void)state;
    num_bytes = 0;
    return 0;
}

static void file_is_the_text_of_its_nodes(void **state)
{
    (void)state;
    node(1, 1, "xx", 2); /* hardware: not a file */
    file_node("\\EFI\\BOOT\\GRUBX64.EFI");
    end_node();
    file_node("behind the end");
    assert_int_equal(device_path_file(path(), text, sizeof text), 21);
    assert_string_equal(text, "\\EFI\\BOOT\\GRUBX64.EFI");
}

/* One backslash between two nodes, whoever has it. */
static void file_of_several_nodes(void **state)
{
    (void)state;
    file_node("EFI");
    file_node("\\BOOT\\");
    file_node("A.EFI");
    end_node();
    assert_int_equal(device_path_file(path(), text, sizeof text), 14);
    assert_string_equal(text, "EFI\\BOOT\\A.EFI");
}

static void file_with_other_letters(void **state)
{
    (void)state;
    node(4, 4, "\xe4\0a\0\x01\x02\x0a\0\0\0", 10);
    end_node();
    assert_int_equal(device_path_file(path(), text, sizeof text), 4);
    assert_string_equal(text, "?a??");
}

static void file_is_cut_to_its_room(void **state)
{
    (void)state;
    file_node("\\abc");
    file_node("def");
    end_node();
    for (size_t room = 1; room <= 9; room++) {
        memset(text, '#', sizeof text);
        size_t n = device_path_file(path(), text, room);
        assert_int_equal(n, room - 1 < 8 ? room - 1 : 8);
        assert_memory_equal(text, "\\abc\\def", n);
        assert_int_equal(text[n], 0);
        assert_int_equal(text[room], '#');
    }
}

static void no_file(void **state)
{
    (void)state;
    assert_int_equal(device_path_file(path(), text, sizeof text), 0); /* no path at all */
    node(4, 3, guid, sizeof guid);
    end_node();
    assert_int_equal(device_path_file(path(), text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_int_equal(device_path_span(NULL).n, 0);
}

/* A length below that of a node's own head, or beyond the end, ends the path. */
static void bad_lengths_end_the_path(void **state)
{
    (void)state;
    for (uint8_t length = 0; length < 4; length++) {
        num_bytes = 0;
        file_node("a");
        node(4, 4, NULL, 0);
        bytes[num_bytes - 2] = length;
        assert_int_equal(device_path_file(path(), text, sizeof text), 1);
    }
    num_bytes = 0;
    file_node("a");
    node(4, 4, "b", 2);
    bytes[num_bytes - 4] = 200;
    assert_int_equal(device_path_file(path(), text, sizeof text), 1);
}

static void firmware_file_comes_first(void **state)
{
    (void)state;
    node(4, 6, guid, sizeof guid);
    end_node();
    assert_true(device_path_is_firmware_file(path()));
    num_bytes = 0;
    file_node("a");
    node(4, 6, guid, sizeof guid);
    end_node();
    assert_false(device_path_is_firmware_file(path()));
    num_bytes = 0;
    assert_false(device_path_is_firmware_file(path()));
}

static void vendor_media_by_its_guid(void **state)
{
    uint8_t other[sizeof guid];

    (void)state;
    memcpy(other, guid, sizeof guid);
    other[15]++;
    node(1, 1, "xx", 2);
    node(4, 3, guid, sizeof guid);
    end_node();
    assert_true(device_path_has_vendor_media(path(), span_of(guid, sizeof guid)));
    assert_false(device_path_has_vendor_media(path(), span_of(other, sizeof other)));
    num_bytes = 0;
    node(1, 4, guid, sizeof guid); /* vendor-defined hardware */
    node(4, 3, guid, 4);           /* too short */
    end_node();
    assert_false(device_path_has_vendor_media(path(), span_of(guid, sizeof guid)));
}

static void random_bytes_do_no_harm(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        num_bytes = random_u64(&seed) % PATH_BYTES;
        for (size_t i = 0; i < num_bytes; i++)
            bytes[i] = (uint8_t)(random_u64(&seed) % 8);
        size_t n = device_path_file(path(), text, sizeof text);
        assert_true(n < sizeof text && text[n] == 0);
        device_path_is_firmware_file(path());
        device_path_has_vendor_media(path(), span_of(guid, sizeof guid));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(file_is_the_text_of_its_nodes, begin),
        cmocka_unit_test_setup(file_of_several_nodes, begin),
        cmocka_unit_test_setup(file_with_other_letters, begin),
        cmocka_unit_test_setup(file_is_cut_to_its_room, begin),
        cmocka_unit_test_setup(no_file, begin),
        cmocka_unit_test_setup(bad_lengths_end_the_path, begin),
        cmocka_unit_test_setup(firmware_file_comes_first, begin),
        cmocka_unit_test_setup(vendor_media_by_its_guid, begin),
        cmocka_unit_test_setup(random_bytes_do_no_harm, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
