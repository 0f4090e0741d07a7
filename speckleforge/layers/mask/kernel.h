// mask: y = x where the pixel's mask is 1, else 0.
//
// Shapes:   words of LANES columns of CHANNELS channels, in and out; all channels of a pixel share its value.
// Cycles:   STEPS of a frame, and the pipeline's depth; parameters before it, one a cycle.
#ifndef SF_MASK_H
#define SF_MASK_H

#include "sf_pixels.h"

namespace sf {

template <class C>
struct MaskRule {
    typedef ap_uint<C::BITS> In;
    typedef ap_uint<1> Pixel;

    static In of(const In& x, const Pixel& pixel) {
#pragma HLS inline
        return pixel != 0 ? x : In(0);
    }
};

template <class C>
void mask(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out,
          hls::stream<Message>& parameters) {
#pragma HLS inline off
    per_pixel<C, MaskRule<C> >(in, out, parameters);
}

}  // namespace sf

#endif
