// repack: the same columns in words of OUT_LANES lanes, the first one in lane 0.
//
// Shapes:   words of LANES columns of COLUMN_BITS bits in, OUT_LANES columns a word out.
// Cycles:   STEPS of a frame: a word takes as many as words that it completes, at least one.
#ifndef SF_REPACK_H
#define SF_REPACK_H

#include "sf_stream.h"

namespace sf {

template <class C>
void repack(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out) {
    typedef ap_uint<C::COLUMN_BITS> Column;
    const int ROW_WORDS = (C::WIDTH + C::OFFSET + C::LANES - 1) / C::LANES;
    const int HELD = C::LANES + C::OUT_LANES;  // columns: what does not make a word yet, and the word that has come

    Column held[HELD];
#pragma HLS array_partition variable=held complete dim=0
    typename Index<HELD>::type count = 0;     // columns held
    typename Index<ROW_WORDS>::type word = 0;  // next one of the row
    typename Index<C::WIDTH>::type left = C::WIDTH;  // columns of the row that have not left
SF_LABEL(frame)
    for (int step = 0; step < C::STEPS; ++step) {
#pragma HLS pipeline II=1
        if (count < C::OUT_LANES && count < left) {
            const ap_uint<C::IN_WORD> fresh = in.read();
            const int skipped = word == 0 ? C::OFFSET : 0;
            for (int lane = 0; lane < C::LANES; ++lane) {
#pragma HLS unroll
                const int at = count + lane - skipped;
                if (lane >= skipped) {
                    held[at] = element<Column>(fresh, lane);
                }
            }
            count += C::LANES - skipped;
            word += 1;
        }
        if (count >= C::OUT_LANES || count >= left) {
            ap_uint<C::OUT_WORD> packed = 0;
            for (int lane = 0; lane < C::OUT_LANES; ++lane) {
#pragma HLS unroll
                set_element(packed, lane, held[lane]);
            }
            out.write(packed);
            for (int i = 0; i < C::LANES; ++i) {
#pragma HLS unroll
                held[i] = held[i + C::OUT_LANES];
            }
            if (left <= C::OUT_LANES) {
                left = C::WIDTH;
                count = 0;
                word = 0;
            } else {
                left -= C::OUT_LANES;
                count -= C::OUT_LANES;
            }
        }
    }
}

}  // namespace sf

#endif
