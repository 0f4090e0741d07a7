// maxpool2d: the largest integer of each window; what lies outside the image is left out.
//
// Shapes:   words of LANES columns of CHANNELS channels in; KEPT_LANES columns of as many channels out.
// Cycles:   STEPS of a frame, and the pipeline's depth.
#ifndef SF_MAXPOOL2D_H
#define SF_MAXPOOL2D_H

#include "sf_pool.h"
#include "sf_window.h"

namespace sf {

template <class C>
void maxpool2d(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out) {
    typedef typename Integer<C::BITS, C::SIGNED>::type In;
    typedef WindowSize<C> Size;
    const In LOWEST = C::SIGNED ? In(In(1) << (C::BITS - 1)) : In(0);  // it never wins

    ap_uint<C::IN_WORD> lines[Size::LINES][C::WORDS];
    ap_uint<C::IN_WORD> rows[Size::LINES][C::NARROW ? C::WORDS : 1];  // `lines` where C::NARROW
    In columns[C::CHANNELS][C::KERNEL_ROWS][Size::SPAN];
#pragma HLS array_partition variable=lines complete dim=1
#pragma HLS dependence variable=lines inter false
#pragma HLS array_partition variable=rows complete dim=0
#pragma HLS array_partition variable=columns complete dim=0

    Walk<C, 1, 1, 1> walk;
    walk.start();
SF_LABEL(frame)
    for (int step = 0; step < C::STEPS; ++step) {
#pragma HLS pipeline II=1
        ap_uint<C::IN_WORD> fresh = 0;
        if (walk.takes()) {
            fresh = in.read();
        }
        if (C::NARROW) {
            step_window<C>(fresh, walk.row, walk.word, LOWEST, rows, columns);
        } else {
            step_window<C>(fresh, walk.row, walk.word, LOWEST, lines, columns);
        }
        if (walk.computes()) {
            ap_uint<C::OUT_WORD> word = 0;
            for (int lane = 0; lane < C::KEPT_LANES; ++lane) {
#pragma HLS unroll
                for (int c = 0; c < C::CHANNELS; ++c) {
#pragma HLS unroll
                    In best = LOWEST;
                    for (int i = 0; i < C::KERNEL_ROWS; ++i) {
#pragma HLS unroll
                        for (int j = 0; j < C::KERNEL_COLUMNS; ++j) {
#pragma HLS unroll
                            best = larger(best, columns[c][i][C::FIRST_LANE + lane * C::LANE_STEP + j]);
                        }
                    }
                    set_element(word, lane * C::CHANNELS + c, best);
                }
            }
            out.write(word);
        }
        walk.next();
    }
}

}  // namespace sf

#endif
