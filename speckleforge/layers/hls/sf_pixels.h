// A value for each pixel, beside a stream of words: memories by lane, read with the word that needs them.
#ifndef SF_PIXELS_H
#define SF_PIXELS_H

#include "sf_load.h"

namespace sf {

// Where the value of a pixel goes: pixels come row by row, words as the stream has them.
template <class C>
struct PixelPlace {
    static const int ROW_WORDS = (C::WIDTH + C::OFFSET + C::LANES - 1) / C::LANES;
    static const int WORDS = ROW_WORDS * C::HEIGHT;

    typename Index<C::WIDTH>::type column;
    typename Index<WORDS>::type word;
    typename Index<C::LANES>::type lane;

    void start() {
#pragma HLS inline
        column = 0;
        word = 0;
        lane = C::OFFSET;
    }

    void next() {
#pragma HLS inline
        if (column == C::WIDTH - 1) {
            column = 0;
            lane = C::OFFSET;
            word += 1;
            return;
        }
        column += 1;
        if (lane == C::LANES - 1) {
            lane = 0;
            word += 1;
        } else {
            lane += 1;
        }
    }
};

// y = Rule::of(x, value of its pixel) for every element; all channels of a pixel share its value.
template <class C, class Rule>
void per_pixel(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out,
               hls::stream<Message>& parameters) {
    typedef ap_uint<C::BITS> In;
    typedef typename Rule::Pixel Pixel;
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
            set_element(result, i, Rule::of(x, pixels[bank * Place::WORDS + step][i / C::CHANNELS]));
        }
        out.write(result);
    }
}

}  // namespace sf

#endif
