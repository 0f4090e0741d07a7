// Sums of products: LANES vectors of operands against one vector of weights.
//
// ARITHMETIC says how products are made: 0 as the tool chooses, 1 in LUTs (what the SystemVerilog computes with tables),
// 2 two products in one multiplier that share a weight. The integers are the same.
#ifndef SF_DOTS_H
#define SF_DOTS_H

#include "sf_stream.h"

namespace sf {

template <int ARITHMETIC>
struct Dots {
    template <class Acc, class X, class W, int LANES, int COUNT>
    static void add(const X (&x)[LANES][COUNT], const W (&w)[COUNT], Acc (&sums)[LANES]) {
#pragma HLS inline
        for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
            for (int i = 0; i < COUNT; ++i) {
#pragma HLS unroll
                sums[lane] += x[lane][i] * w[i];
            }
        }
    }
};

template <>
struct Dots<1> {
    template <class Acc, class X, class W, int LANES, int COUNT>
    static void add(const X (&x)[LANES][COUNT], const W (&w)[COUNT], Acc (&sums)[LANES]) {
#pragma HLS inline
        for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
            for (int i = 0; i < COUNT; ++i) {
#pragma HLS unroll
                const ap_int<X::width + W::width + 1> product = x[lane][i] * w[i];
#ifdef __VITIS_HLS__
#pragma HLS bind_op variable=product op=mul impl=fabric
#else
#pragma HLS resource variable=product core=Mul_LUT
#endif
                sums[lane] += product;
            }
        }
    }
};

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

template <>
struct Dots<2> {
    template <class Acc, class X, class W, int LANES, int COUNT>
    static void add(const X (&x)[LANES][COUNT], const W (&w)[COUNT], Acc (&sums)[LANES]) {
#pragma HLS inline
        for (int lane = 0; lane + 1 < LANES; lane += 2) {
#pragma HLS unroll
            for (int i = 0; i < COUNT; ++i) {
#pragma HLS unroll
                ap_int<18> low, high;
                multiply_pair(x[lane][i], x[lane + 1][i], w[i], low, high);
                sums[lane] += low;
                sums[lane + 1] += high;
            }
        }
    }
};

}  // namespace sf

#endif
