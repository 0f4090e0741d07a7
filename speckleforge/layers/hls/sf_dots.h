// Sums of products: LANES vectors of operands against one vector of weights, added to LANES sums.
//
// ARITHMETIC says how products are made: 0 as the tool chooses, 1 in LUTs, 2 two products in one multiplier that share a
// weight. The integers are the same. Products are summed before the sum of earlier cycles is added, so that only one
// addition has to be through before the next cycle.
#ifndef SF_DOTS_H
#define SF_DOTS_H

#include "sf_stream.h"

namespace sf {

// One product in LUTs.
template <class X, class W>
inline ap_int<X::width + W::width> multiply_fabric(const X& x, const W& w) {
#pragma HLS inline
    const ap_int<X::width + W::width> product = x * w;
#ifdef __VITIS_HLS__
#pragma HLS bind_op variable=product op=mul impl=fabric
#else
#pragma HLS resource variable=product core=Mul_LUT
#endif
    return product;
}

// Two products in one multiplier of 27 x 18 bits: (b * 2^18 + a) * w = b*w * 2^18 + a*w. Operands and weight have 8 bits
// at most, so a*w fits 18 signed bits; where it is negative it has borrowed one from the upper field.
template <class A, class W>
inline void multiply_pair(const A& a, const A& b, const W& w, ap_int<18>& low, ap_int<18>& high) {
#pragma HLS inline
    const ap_int<27> packed = (ap_int<27>(b) << 18) + a;
    const ap_int<45> product = packed * ap_int<18>(w);
#ifdef __VITIS_HLS__
#pragma HLS bind_op variable=product op=mul impl=dsp
#else
#pragma HLS resource variable=product core=DSP48
#endif
    low = product;
    high = (product >> 18) + ap_uint<1>(product[17]);
}

template <int ARITHMETIC>
struct Dots {
    template <class Acc, class X, class W, int LANES, int COUNT>
    static void add(const X (&x)[LANES][COUNT], const W (&w)[COUNT], Acc (&sums)[LANES]) {
#pragma HLS inline
        for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
            Acc fresh = 0;
            for (int i = 0; i < COUNT; ++i) {
#pragma HLS unroll
                if (ARITHMETIC == 1) {
                    fresh += multiply_fabric(x[lane][i], w[i]);
                } else {
                    fresh += x[lane][i] * w[i];
                }
            }
            sums[lane] += fresh;
        }
    }
};

template <>
struct Dots<2> {
    template <class Acc, class X, class W, int LANES, int COUNT>
    static void add(const X (&x)[LANES][COUNT], const W (&w)[COUNT], Acc (&sums)[LANES]) {
#pragma HLS inline
        for (int lane = 0; lane < LANES; lane += 2) {
#pragma HLS unroll
            const int other = lane + 1 < LANES ? lane + 1 : lane;  // of an odd number the last one is alone
            Acc first = 0;
            Acc second = 0;
            for (int i = 0; i < COUNT; ++i) {
#pragma HLS unroll
                ap_int<18> low, high;
                multiply_pair(x[lane][i], x[other][i], w[i], low, high);
                first += low;
                second += high;
            }
            sums[lane] += first;
            if (other != lane) {
                sums[other] += second;
            }
        }
    }
};

}  // namespace sf

#endif
