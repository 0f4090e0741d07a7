// Features of a vector as they come in canonical order (channel, row, column), and where a stream of words has them.
#ifndef SF_FEATURES_H
#define SF_FEATURES_H

#include "sf_stream.h"

namespace sf {

template <class C>
struct FeaturePlace {
    static const int ROW_WORDS = (C::WIDTH + C::OFFSET + C::LANES - 1) / C::LANES;
    static const int WORDS = ROW_WORDS * C::HEIGHT;

    typename Index<C::CHANNELS>::type channel;
    typename Index<C::HEIGHT>::type row;
    typename Index<C::WIDTH>::type column;
    typename Index<WORDS>::type first_word;  // of the row
    typename Index<ROW_WORDS>::type in_row;
    typename Index<C::LANES>::type lane;

    void start_row() {
#pragma HLS inline
        column = 0;
        in_row = 0;  // an offset is less than the lanes
        lane = C::OFFSET;
    }

    void start() {
#pragma HLS inline
        channel = 0;
        row = 0;
        first_word = 0;
        start_row();
    }

    int word() const {
#pragma HLS inline
        return first_word + in_row;
    }

    int in_word() const {
#pragma HLS inline
        return lane * C::CHANNELS + channel;
    }

    // To the next feature; true where that is the first of another vector.
    bool next() {
#pragma HLS inline
        if (column != C::WIDTH - 1) {
            column += 1;
            if (lane == C::LANES - 1) {
                lane = 0;
                in_row += 1;
            } else {
                lane += 1;
            }
            return false;
        }
        start_row();
        if (row != C::HEIGHT - 1) {
            row += 1;
            first_word += ROW_WORDS;
            return false;
        }
        row = 0;
        first_word = 0;
        if (channel != C::CHANNELS - 1) {
            channel += 1;
            return false;
        }
        channel = 0;
        return true;
    }
};

// The features of word `in_row` of a row; 0 in lanes outside the image and beyond the word.
template <class C, class In, int COUNT>
inline void word_features(const ap_uint<C::IN_WORD>& word, int in_row, In (&features)[COUNT]) {
#pragma HLS inline
    for (int i = 0; i < COUNT; ++i) {
#pragma HLS unroll
        const int column = in_row * C::LANES - C::OFFSET + i / C::CHANNELS;
        const bool inside = i < C::LANES * C::CHANNELS && column >= 0 && column < C::WIDTH;
        features[i] = inside ? element<In>(word, i % (C::LANES * C::CHANNELS)) : In(0);
    }
}

}  // namespace sf

#endif
