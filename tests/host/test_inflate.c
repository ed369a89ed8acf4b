/* units: kernel/lib/inflate.c */
/*
 * Streams that zlib made, and what is none. With the names of two files it unpacks the one into the other,
 * for test_inflate.py.
 */
#include "tests/host/host_test.h"

#include "kernel/lib/inflate.h"

#define TEXT "a kernel that is one file, a file that is one kernel; "

static const uint8_t stored[] = {0x01, 0x08, 0x00, 0xf7, 0xff, 0x61, 0x73,
                                 0x20, 0x69, 0x74, 0x20, 0x69, 0x73};
static const uint8_t fixed[] = {0xcb, 0xcf, 0x4b, 0xd5, 0x51, 0xc8, 0x87, 0x12, 0x00};
static const uint8_t dynamic[] = {
    0xe5, 0x8b, 0xc1, 0x0d, 0x80, 0x40, 0x10, 0x02, 0x5b, 0xa1, 0x00, 0x3b, 0xb0, 0x1a, 0x1e, 0x18,
    0x37, 0x5e, 0x8e, 0x44, 0xdd, 0xfe, 0x5d, 0xcf, 0x97, 0x0d, 0xf8, 0x31, 0x3c, 0x08, 0x0c, 0x10,
    0x9b, 0xf6, 0xae, 0x86, 0x73, 0xe5, 0x89, 0x38, 0xe0, 0x2e, 0x2c, 0xd1, 0x34, 0x81, 0xc3, 0x5f,
    0xe0, 0xd9, 0xce, 0x85, 0x3e, 0x7c, 0x39, 0xed, 0xb0, 0x40, 0x32, 0x32, 0x25, 0xc2, 0x00, 0x42,
    0x48, 0xda, 0x15, 0x99, 0x16, 0x87, 0x5c, 0xa8, 0xea, 0xbb, 0x8c, 0xf4, 0x0f, 0x8f, 0x17};

/* What `dynamic` unpacks to. */
static size_t expected(uint8_t *out)
{
    size_t n = 0;

    for (int i = 0; i < 3; i++, n += strlen(TEXT))
        memcpy(out + n, TEXT, strlen(TEXT));
    for (int i = 0; i < 300; i++)
        out[n++] = (uint8_t) "aaeeiioouu ee aa oo"[(i * i * 7 + i / 3) % 19];
    return n;
}

static void test_blocks(void **state)
{
    uint8_t out[1000], wanted[1000];
    size_t n = expected(wanted);

    (void)state;
    assert_int_equal(inflate(span_of(stored, sizeof stored), out, sizeof out), 8);
    assert_memory_equal(out, "as it is", 8);
    assert_int_equal(inflate(span_of(fixed, sizeof fixed), out, sizeof out), 13);
    assert_memory_equal(out, "one, one, one", 13);
    assert_int_equal(inflate(span_of(dynamic, sizeof dynamic), out, sizeof out), n);
    assert_memory_equal(out, wanted, n);
}

static void test_room(void **state)
{
    uint8_t wanted[1000];
    size_t n = expected(wanted);
    uint8_t *out = malloc(n); /* the sanitizer watches its end */

    (void)state;
    assert_int_equal(inflate(span_of(dynamic, sizeof dynamic), out, n), n);
    for (size_t room = 0; room < n; room++)
        assert_int_equal(inflate(span_of(dynamic, sizeof dynamic), out, room), 0);
    assert_int_equal(inflate(span_of(stored, sizeof stored), out, 7), 0);
    free(out);
}

/* Every beginning, in memory that ends with it. */
static void check_prefixes(const uint8_t *stream, size_t size)
{
    uint8_t out[1000];

    for (size_t n = 0; n < size; n++) {
        uint8_t *part = malloc(n + 1) + 1;

        memcpy(part, stream, n);
        assert_int_equal(inflate(span_of(part, n), out, sizeof out), 0);
        free(part - 1);
    }
}

static void test_cut_short(void **state)
{
    (void)state;
    check_prefixes(stored, sizeof stored);
    check_prefixes(fixed, sizeof fixed);
    check_prefixes(dynamic, sizeof dynamic);
}

/* Every bit wrong: some other text, or none, and no byte beyond either end. */
static void test_damaged(void **state)
{
    uint8_t damaged[sizeof dynamic], *out = malloc(600);

    (void)state;
    for (size_t bit = 0; bit < 8 * sizeof dynamic; bit++) {
        memcpy(damaged, dynamic, sizeof dynamic);
        damaged[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_true(inflate(span_of(damaged, sizeof damaged), out, 600) <= 600);
    }
    free(out);
}

static void test_impossible(void **state)
{
    static const uint8_t streams[][4] = {
        {0x07, 0, 0, 0},          /* a block of type 3 */
        {0x01, 5, 0, 0},          /* stored: a length without its complement */
        {0x4b, 0x04, 0x12, 0},    /* fixed: a match before the first byte */
        {0xfd, 0xff, 0xff, 0xff}, /* dynamic: too many literals */
    };
    uint8_t out[100];

    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        assert_int_equal(inflate(span_of(streams[i], 4), out, sizeof out), 0);
}

static int unpack_file(const char *in, const char *out)
{
    static uint8_t packed[1 << 21], unpacked[1 << 21];
    FILE *file = fopen(in, "rb");
    size_t n = fread(packed, 1, sizeof packed, file);

    fclose(file);
    n = inflate(span_of(packed, n), unpacked, sizeof unpacked);
    file = fopen(out, "wb");
    fwrite(unpacked, 1, n, file);
    return fclose(file);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),  cmocka_unit_test(test_room),       cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_damaged), cmocka_unit_test(test_impossible),
    };
    if (argc == 3)
        return unpack_file(argv[1], argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
