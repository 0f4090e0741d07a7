// mask: y = x where the pixel's mask is 1, else 0.
//
// Shapes:   words of LANES columns of CHANNELS channels, in and out; all channels of a pixel share its value.
// Cycles:   STEPS of a frame, and the pipeline's depth; parameters before it, one a cycle.
#ifndef SF_MASK_H
#define SF_MASK_H

#include "sf_load.h"
#include "sf_pixels.h"

namespace sf {

template <class C>
void mask(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out,
        hls::stream<Message>& parameters) {
    typedef ap_uint<C::BITS> In;
    typedef ap_uint<1> Pixel;
    typedef PixelPlace<C> Place;

    static Pixel pixels[C::BANKS * Place::WORDS][C::LANES];
#pragma HLS array_partition variable=pixels complete dim=2
    static Place place;  // of the next value

    int bank = 0;
    bool more = true;
SF_LABEL(load)
    while (more) {
#pragma HLS loop_tripcount min=1 max=1
#pragma HLS pipeline II=1
        Message message = 0;
        more = take<C::BANKS>(parameters, message, bank);
        if (more) {
            if (is_first(message)) {
                place.start();
            }
            pixels[bank * Place::WORDS + place.word][place.lane] = value_of<Pixel>(message);
            place.next();
        }
    }

SF_LABEL(frame)
    for (int step = 0; step < C::STEPS; ++step) {
#pragma HLS pipeline II=1
        const ap_uint<C::IN_WORD> word = in.read();
        ap_uint<C::OUT_WORD> result = 0;
        for (int i = 0; i < C::LANES * C::CHANNELS; ++i) {
#pragma HLS unroll
            const In x = element<In>(word, i);
            const Pixel pixel = pixels[bank * Place::WORDS + step][i / C::CHANNELS];
            set_element(result, i, In(pixel != 0 ? x : In(0)));
        }
        out.write(result);
    }
}

}  // namespace sf

#endif
