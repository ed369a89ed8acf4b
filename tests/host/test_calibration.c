/* units: kernel/cpu/calibration.c */
#include "tests/host/host_test.h"

#include "kernel/cpu/calibration.h"

#define NUM_RANDOM 100000

#define GHZ UINT64_C(1000000000)

static void test_mul_div(void **state)
{
    uint64_t random = 1;

    (void)state;
    assert_int_equal(mul_div(7, 3, 2), 10);
    assert_int_equal(mul_div(UINT64_MAX, UINT64_MAX, UINT64_MAX), UINT64_MAX);
    assert_int_equal(mul_div(UINT64_MAX, 2, 2), UINT64_MAX);
    assert_int_equal(mul_div(UINT64_MAX, 2, 1), UINT64_MAX);
    assert_int_equal(mul_div(1, 1, 0), UINT64_MAX);
    assert_int_equal(mul_div(0, 0, 0), UINT64_MAX);
    for (int i = 0; i < NUM_RANDOM; i++) {
        uint64_t a = random_u64(&random), b = random_u64(&random) >> i % 64,
                 c = random_u64(&random) >> i % 63;
        unsigned __int128 expected = c != 0 ? (unsigned __int128)a * b / c : UINT64_MAX;

        assert_true(mul_div(a, b, c) == (expected < UINT64_MAX ? (uint64_t)expected : UINT64_MAX));
    }
}

static void test_counters_wrap(void **state)
{
    (void)state;
    assert_int_equal(counter_delta(5, 9, 24), 4);
    assert_int_equal(counter_delta(0xfffffe, 3, 24), 5);
    assert_int_equal(counter_delta(0xabfffffe, 0x12000003, 24),
                     5); /* bits that it has not count for nothing */
    assert_int_equal(counter_delta(0xfffffffe, 3, 32), 5);
    assert_int_equal(counter_delta(0xffff, 0, 16), 1);
    assert_int_equal(counter_delta(UINT64_MAX, 1, 64), 2);
    assert_int_equal(counter_delta(7, 7, 32), 0);
}

static void test_frequency(void **state)
{
    struct calibration_sample from = {1000, 0xfffff0}, to = {1000 + 2500000, 0xfffff0 + 3580};
    struct calibration_sample still = {to.tsc, from.count};

    (void)state;
    /* 3580 ticks of a PM timer, which wraps meanwhile: 1.000127 ms. */
    assert_int_equal(calibration_tsc_hz(&from, &to, 24, 3579545), UINT64_C(2500000) * 3579545 / 3580);
    assert_int_equal(calibration_tsc_hz(&from, &still, 24, 3579545), 0);
    assert_int_equal(calibration_counter_hz(&from, &to, 24, 5 * GHZ / 2), 3580000);
    assert_int_equal(calibration_counter_hz(&from, &from, 24, GHZ), 0);
}

static void test_deviation(void **state)
{
    (void)state;
    assert_int_equal(deviation_ppm(GHZ, GHZ), 0);
    assert_int_equal(deviation_ppm(GHZ + 1000, GHZ), 1);
    assert_int_equal(deviation_ppm(GHZ - 20000, GHZ), -20);
    assert_int_equal(deviation_ppm(0, GHZ), -1000000);
    assert_int_equal(deviation_ppm(UINT64_MAX, 1), 1000000000);
    assert_int_equal(deviation_ppm(1, 0), 1000000000);
}

static void test_choice(void **state)
{
    const uint64_t agree[] = {0, GHZ, GHZ + 1000, 0};
    const uint64_t first_is_wrong[] = {2 * GHZ, GHZ, 0, GHZ - 5000000};
    const uint64_t nobody_agrees[] = {0, 0, 3 * GHZ, GHZ};
    const uint64_t nearly[] = {GHZ, GHZ + GHZ / 90, GHZ + GHZ / 89};
    const uint64_t alone[] = {0, 0, GHZ};
    const uint64_t nobody[] = {0, 0, 0};

    (void)state;
    assert_int_equal(calibration_choose(agree, 4), 1);
    assert_int_equal(calibration_choose(first_is_wrong, 4), 1);
    assert_int_equal(calibration_choose(nobody_agrees, 4), 2);
    assert_int_equal(calibration_choose(nearly, 3), 1);
    assert_int_equal(calibration_choose(alone, 3), 2);
    assert_int_equal(calibration_choose(nobody, 3), 3);
    assert_int_equal(calibration_choose(nobody, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mul_div),   cmocka_unit_test(test_counters_wrap),
        cmocka_unit_test(test_frequency), cmocka_unit_test(test_deviation),
        cmocka_unit_test(test_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
