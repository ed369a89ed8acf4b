/* units: kernel/firmware/acpi.c */
#include "tests/host/host_test.h"

#include "kernel/firmware/acpi.h"
#include "kernel/lib/checksum.h"

static void fix_sum(uint8_t *bytes, size_t n, size_t at)
{
    bytes[at] = 0;
    bytes[at] = (uint8_t)-checksum8(span_of(bytes, n));
}

static void make_rsdp(uint8_t bytes[RSDP_BYTES], uint8_t revision)
{
    memset(bytes, 0, RSDP_BYTES);
    memcpy(bytes, "RSD PTR ", 8);
    bytes[15] = revision;
    bytes[16] = 0x10; /* RSDT at 0x10 */
    bytes[20] = RSDP_BYTES;
    bytes[24] = 0x20; /* XSDT at 0x20 */
    fix_sum(bytes, 20, 8);
    fix_sum(bytes, RSDP_BYTES, 32);
}

static void test_rsdp(void **state)
{
    uint8_t bytes[RSDP_BYTES];
    struct rsdp rsdp;

    (void)state;
    make_rsdp(bytes, 0);
    assert_null(rsdp_read(span_of(bytes, 20), &rsdp));
    assert_int_equal(rsdp.revision, 0);
    assert_int_equal(rsdp.rsdt_paddr, 0x10);
    assert_int_equal(rsdp.xsdt_paddr, 0);

    make_rsdp(bytes, 2);
    assert_null(rsdp_read(span_of(bytes, RSDP_BYTES), &rsdp));
    assert_int_equal(rsdp.rsdt_paddr, 0x10);
    assert_int_equal(rsdp.xsdt_paddr, 0x20);
    assert_string_equal(rsdp_read(span_of(bytes, 20), &rsdp), "wrong length");
    assert_string_equal(rsdp_read(span_of(bytes, 19), &rsdp), "wrong checksum");
    bytes[33]++;
    assert_string_equal(rsdp_read(span_of(bytes, RSDP_BYTES), &rsdp), "wrong extended checksum");
    bytes[9]++;
    assert_string_equal(rsdp_read(span_of(bytes, RSDP_BYTES), &rsdp), "wrong checksum");
    bytes[0] = 'X';
    assert_string_equal(rsdp_read(span_of(bytes, RSDP_BYTES), &rsdp), "no signature");
    assert_string_equal(rsdp_read(span_of(NULL, 0), &rsdp), "no signature");
}

static void test_rsdp_search(void **state)
{
    uint8_t area[256] = {0};

    (void)state;
    make_rsdp(area + 40, 0); /* not on a 16-byte boundary */
    assert_int_equal(rsdp_search(span_of(area, sizeof area)), sizeof area);
    make_rsdp(area + 96, 0);
    area[96 + 9]++; /* wrong sum */
    make_rsdp(area + 160, 2);
    assert_int_equal(rsdp_search(span_of(area, sizeof area)), 160);
    make_rsdp(area + 208, 0); /* the end of the area cuts it, but not its first 20 bytes */
    assert_int_equal(rsdp_search(span_of(area + 192, 40)), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rsdp),
        cmocka_unit_test(test_rsdp_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
