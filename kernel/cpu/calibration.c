/*
 * calibration.c - arithmetic with frequencies.
 */
#include "kernel/cpu/calibration.h"

#include <stdbool.h>

#include "kernel/cpu/cpu.h"

#define MILLION        UINT64_C(1000000)
#define MAX_PPM        INT32_C(1000000000)
#define CONFIRMING_PPM 10000

uint64_t mul_div(uint64_t a, uint64_t b, uint64_t c)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    uint64_t high = (uint64_t)(product >> 64);

    return high < c ? div128(high, (uint64_t)product, c) : UINT64_MAX;
}

uint64_t counter_delta(uint64_t from, uint64_t to, uint32_t num_bits)
{
    return (to - from) << (64 - num_bits) >> (64 - num_bits);
}

uint64_t calibration_tsc_hz(const struct calibration_sample *from, const struct calibration_sample *to,
                            uint32_t num_bits, uint64_t counter_hz)
{
    uint64_t ticks = counter_delta(from->count, to->count, num_bits);

    return ticks != 0 ? mul_div(to->tsc - from->tsc, counter_hz, ticks) : 0;
}

uint64_t calibration_counter_hz(const struct calibration_sample *from, const struct calibration_sample *to,
                                uint32_t num_bits, uint64_t tsc_hz)
{
    uint64_t tsc_ticks = to->tsc - from->tsc;

    return tsc_ticks != 0 ? mul_div(counter_delta(from->count, to->count, num_bits), tsc_hz, tsc_ticks) : 0;
}

int32_t deviation_ppm(uint64_t hz, uint64_t reference_hz)
{
    bool more = hz > reference_hz;
    uint64_t ppm = mul_div(more ? hz - reference_hz : reference_hz - hz, MILLION, reference_hz);
    int32_t cut = ppm < (uint64_t)MAX_PPM ? (int32_t)ppm : MAX_PPM;

    return more ? cut : -cut;
}

static bool confirm(uint64_t hz, uint64_t other)
{
    int32_t ppm = deviation_ppm(other, hz);

    return other != 0 && ppm <= CONFIRMING_PPM && ppm >= -CONFIRMING_PPM;
}

static bool is_confirmed(const uint64_t *hz, size_t n, size_t which)
{
    for (size_t i = 0; i < n; i++) {
        if (i != which && confirm(hz[which], hz[i]))
            return true;
    }
    return false;
}

size_t calibration_choose(const uint64_t *hz, size_t n)
{
    size_t first = n;

    for (size_t i = n; i-- > 0;) {
        if (hz[i] != 0)
            first = i;
    }
    for (size_t i = first; i < n; i++) {
        if (hz[i] != 0 && is_confirmed(hz, n, i))
            return i;
    }
    return first;
}
