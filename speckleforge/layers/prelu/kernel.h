// prelu: y = x where x >= 0, else requantise(x * slope, shift).
//
// Shapes:   words of ELEMENTS elements, in and out.
// Folding:  UNROLL elements of a word in a cycle.
// Cycles:   STEPS of a frame, and the pipeline's depth; parameters before it, one a cycle.
#ifndef SF_PRELU_H
#define SF_PRELU_H

#include "sf_load.h"
#include "sf_requantise.h"

namespace sf {

template <class C>
void prelu(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out,
           hls::stream<Message>& parameters) {
    typedef ap_int<C::BITS> In;
    typedef ap_int<C::SLOPE_BITS> Slope;
    typedef ap_uint<C::SHIFT_BITS> Shift;
    const int PHASES = (C::ELEMENTS + C::UNROLL - 1) / C::UNROLL;

    static Slope slope[C::BANKS];
    static Shift shift[C::BANKS];
#pragma HLS array_partition variable=slope complete dim=0
#pragma HLS array_partition variable=shift complete dim=0

    int bank = 0;
    bool more = true;
SF_LABEL(load)
    while (more) {
#pragma HLS loop_tripcount min=1 max=1
#pragma HLS pipeline II=1
        Message message = 0;
        more = take<C::BANKS>(parameters, message, bank);
        if (more && parameter_of(message) == 0) {
            slope[bank] = value_of<Slope>(message);
        } else if (more) {
            shift[bank] = value_of<Shift>(message);
        }
    }

    ap_uint<C::IN_WORD> x = 0;
    In results[PHASES * C::UNROLL];  // of the word that leaves
#pragma HLS array_partition variable=results complete dim=0
    typename Index<PHASES>::type phase = 0;
SF_LABEL(frame)
    for (int step = 0; step < C::STEPS; ++step) {
#pragma HLS pipeline II=1
        if (phase == 0) {
            x = in.read();
        }
        for (int i = 0; i < C::UNROLL; ++i) {
#pragma HLS unroll
            const int at = phase * C::UNROLL + i;
            const In value = at < C::ELEMENTS ? element<In>(x, at) : In(0);
            const ap_int<C::BITS + C::SLOPE_BITS> product = value * slope[bank];
            const In scaled = requantise<C::BITS, 1>(product, shift[bank]);
            for (int p = 0; p < PHASES; ++p) {
#pragma HLS unroll
                if (phase == p) {
                    results[p * C::UNROLL + i] = value < 0 ? scaled : value;
                }
            }
        }
        if (phase == PHASES - 1) {
            ap_uint<C::OUT_WORD> y = 0;
            for (int i = 0; i < C::ELEMENTS; ++i) {
#pragma HLS unroll
                set_element(y, i, results[i]);
            }
            out.write(y);
            phase = 0;
        } else {
            phase += 1;
        }
    }
}

}  // namespace sf

#endif
