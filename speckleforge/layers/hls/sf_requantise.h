// Requantisation: round_half_even(acc * 2^-shift), saturated. Source: docs/arithmetic.md.
#ifndef SF_REQUANTISE_H
#define SF_REQUANTISE_H

#include "sf_stream.h"

namespace sf {

// Shifts 0 .. ACC - 1. With an unsigned output the saturation at 0 is the rectifier.
template <int OUT, int SIGNED, int ACC, int SHIFT>
inline typename Integer<OUT, SIGNED>::type requantise(const ap_int<ACC>& acc, const ap_uint<SHIFT>& shift) {
#pragma HLS inline
    const ap_int<ACC + 1> wide = acc;
    ap_int<ACC + 1> rounded = wide;
    if (shift != 0) {
        // Half a step less one, and one more where the lowest bit that stays is 1: a tie goes to the even neighbour.
        const ap_int<ACC + 1> half = ((ap_int<ACC + 1>(1) << shift) >> 1) - 1;
        const ap_uint<1> odd = (wide >> shift)[0];
        rounded = (ap_int<ACC + 2>(wide + half + odd)) >> shift;
    }
    const ap_int<OUT + 1> highest = (ap_int<OUT + 2>(1) << (SIGNED ? OUT - 1 : OUT)) - 1;
    const ap_int<OUT + 1> lowest = SIGNED ? ap_int<OUT + 1>(-highest - 1) : ap_int<OUT + 1>(0);
    if (rounded > highest) {
        return highest;
    }
    if (rounded < lowest) {
        return lowest;
    }
    return rounded;
}

}  // namespace sf

#endif
