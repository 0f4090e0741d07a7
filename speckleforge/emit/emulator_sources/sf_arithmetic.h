// Integer arithmetic of the contract (docs/arithmetic.md): exact accumulators, round half to even, saturation.
#ifndef SF_ARITHMETIC_H
#define SF_ARITHMETIC_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace sf {

// Smallest type that the vector units multiply well: int16 where every value fits, else int32.
template <int BITS, bool SIGNED>
using Integer = std::conditional_t<(BITS + (SIGNED ? 0 : 1) <= 16), std::int16_t, std::int32_t>;

// One bit stays free: rounding adds up to half of the divisor.
template <int ACC_BITS>
using Accumulator = std::conditional_t<(ACC_BITS <= 31), std::int32_t, std::int64_t>;

template <int BITS, bool SIGNED>
constexpr std::int64_t lowest() {
    return SIGNED ? -(std::int64_t{1} << (BITS - 1)) : 0;
}

template <int BITS, bool SIGNED>
constexpr std::int64_t highest() {
    return (std::int64_t{1} << (SIGNED ? BITS - 1 : BITS)) - 1;
}

// round_half_even(acc * 2^-shift), 0 <= shift < bits of Acc - 1.
template <class Acc>
inline Acc shift_right_half_even(Acc acc, int shift) {
    if (shift == 0) {
        return acc;
    }
    const Acc below_half = static_cast<Acc>((Acc{1} << (shift - 1)) - 1);
    return static_cast<Acc>((acc + below_half + ((acc >> shift) & 1)) >> shift);
}

template <int BITS, bool SIGNED, class Acc>
inline Integer<BITS, SIGNED> requantise(Acc acc, int shift) {
    const Acc low = static_cast<Acc>(lowest<BITS, SIGNED>());
    const Acc high = static_cast<Acc>(highest<BITS, SIGNED>());
    return static_cast<Integer<BITS, SIGNED>>(std::clamp(shift_right_half_even(acc, shift), low, high));
}

}  // namespace sf

#endif
