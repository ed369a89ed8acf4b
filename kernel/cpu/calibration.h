/*
 * calibration.h - what two readings of two counters say about their frequencies. Pure arithmetic.
 */
#ifndef KERNEL_CALIBRATION_H
#define KERNEL_CALIBRATION_H

#include <stddef.h>
#include <stdint.h>

/* a * b / c, rounded down, with all bits in between; UINT64_MAX if that does not fit or c is 0. */
uint64_t mul_div(uint64_t a, uint64_t b, uint64_t c);

/* Both counters at one moment. */
struct calibration_sample {
    uint64_t tsc;
    uint64_t count;
};

/* How far a counter of `num_bits` (1 to 64) went from one reading to the next, if it wrapped at most once. */
uint64_t counter_delta(uint64_t from, uint64_t to, uint32_t num_bits);

/* Ticks of the TSC in a second by a counter of `counter_hz`; 0 if either stood still in between. */
uint64_t calibration_tsc_hz(const struct calibration_sample *from, const struct calibration_sample *to,
                            uint32_t num_bits, uint64_t counter_hz);

/* Ticks of the counter in a second by a TSC of `tsc_hz`; 0 likewise. */
uint64_t calibration_counter_hz(const struct calibration_sample *from, const struct calibration_sample *to,
                                uint32_t num_bits, uint64_t tsc_hz);

/* By how many millionths `hz` is more, or less, than `reference_hz`, cut at 10^9 either way. */
int32_t deviation_ppm(uint64_t hz, uint64_t reference_hz);

/*
 * Which of `n` frequencies, the most trusted first, to believe: the first that another one confirms to within
 * one per cent, or the first at all where none is confirmed. One that is 0 says nothing. `n` if all are.
 */
size_t calibration_choose(const uint64_t *hz, size_t n);

#endif
