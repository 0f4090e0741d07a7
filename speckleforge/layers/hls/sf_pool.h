// A max-pool on accumulators, before they are requantised: rounding and saturation keep the order, so the result is the
// same and fewer requantisers are needed. C::POOL_ROWS and C::POOL_COLUMNS of 1 leave everything as it is.
#ifndef SF_POOL_H
#define SF_POOL_H

#include "sf_walk.h"

namespace sf {

template <class C>
struct PoolSize {
    // Where words have one lane, neighbours along a row come in words one after the other.
    static const int WORDS = C::KEPT_LANES == 1 ? C::POOL_COLUMNS : 1;
    static const int LANES = C::KEPT_LANES == 1 ? 1 : C::POOL_COLUMNS;
};

template <class Acc>
inline Acc larger(const Acc& a, const Acc& b) {
#pragma HLS inline
    return a > b ? a : b;
}

// Along a row: the lanes of one word to the lanes of its pools. In a row's last word only C::INSIDE lanes are image.
template <class C, class Acc>
inline void pool_lanes(const Acc (&values)[C::KEPT_LANES], bool last_word, Acc (&pooled)[C::POOLED_LANES]) {
#pragma HLS inline
    for (int q = 0; q < C::POOLED_LANES; ++q) {
#pragma HLS unroll
        Acc best = values[q * PoolSize<C>::LANES];
        for (int j = 1; j < PoolSize<C>::LANES; ++j) {
#pragma HLS unroll
            const int lane = q * PoolSize<C>::LANES + j;
            if (!last_word || lane < C::INSIDE) {
                best = larger(best, values[lane]);
            }
        }
        pooled[q] = best;
    }
}

}  // namespace sf

#endif
