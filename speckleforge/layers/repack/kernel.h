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
    const int OUT_WORDS = (C::WIDTH + C::OUT_LANES - 1) / C::OUT_LANES;  // of a row
    const int LAST = C::WIDTH - (OUT_WORDS - 1) * C::OUT_LANES;          // columns of a row's last one
    const int HELD = C::LANES + C::OUT_LANES;  // columns: what does not make a word yet, and the word that has come

    Column held[HELD];
#pragma HLS array_partition variable=held complete dim=0
    typename Index<HELD>::type count = 0;          // columns held
    typename Index<ROW_WORDS>::type word = 0;      // next one of the row
    typename Index<OUT_WORDS>::type out_word = 0;  // next one of the row
    typename Index<C::OUT_LANES>::type wanted = OUT_WORDS == 1 ? LAST : C::OUT_LANES;  // columns of it
SF_LABEL(frame)
    for (int step = 0; step < C::STEPS; ++step) {
#pragma HLS pipeline II=1
        const int skipped = word == 0 ? C::OFFSET : 0;
        const int fresh = C::LANES - skipped;
        const bool takes = count < wanted;
        const bool gives = !takes || count + fresh >= wanted;
        if (takes) {
            const ap_uint<C::IN_WORD> data = in.read();
            for (int at = 0; at < HELD; ++at) {
#pragma HLS unroll
                const int lane = at - count + skipped;
                if (at >= count && lane < C::LANES) {
                    held[at] = element<Column>(data, lane);
                }
            }
        }
        if (gives) {
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
        }
        if (gives && out_word == OUT_WORDS - 1) {  // what a row has too much is padding
            count = 0;
            word = 0;
            out_word = 0;
            wanted = OUT_WORDS == 1 ? LAST : C::OUT_LANES;
        } else {
            count += (takes ? fresh : 0) - (gives ? C::OUT_LANES : 0);
            word += ap_uint<1>(takes);
            out_word += ap_uint<1>(gives);
            wanted = out_word == OUT_WORDS - 1 ? LAST : C::OUT_LANES;
        }
    }
}

}  // namespace sf

#endif
