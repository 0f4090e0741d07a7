// relu: y = max(x, 0), on its own only for a signed stream; behind a linear layer it is that layer's saturation.
//
// Shapes:   words of ELEMENTS elements, in and out; an output has one bit less.
// Cycles:   WORDS of a frame.
#ifndef SF_RELU_H
#define SF_RELU_H

#include "sf_stream.h"

namespace sf {

template <class C>
void relu(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out) {
    typedef ap_int<C::BITS> In;
    typedef ap_uint<C::BITS - 1> Out;
SF_LABEL(frame)
    for (int step = 0; step < C::STEPS; ++step) {
#pragma HLS pipeline II=1
        const ap_uint<C::IN_WORD> x = in.read();
        ap_uint<C::OUT_WORD> y = 0;
        for (int i = 0; i < C::ELEMENTS; ++i) {
#pragma HLS unroll
            const In value = element<In>(x, i);
            set_element(y, i, value > 0 ? Out(value) : Out(0));
        }
        out.write(y);
    }
}

}  // namespace sf

#endif
