// A value for each pixel, beside a stream of words: memories by lane, read with the word that needs them.
#ifndef SF_PIXELS_H
#define SF_PIXELS_H

#include "sf_stream.h"

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

}  // namespace sf

#endif
