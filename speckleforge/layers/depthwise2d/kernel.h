// depthwise2d: y[c][r][k] = requantise(b[c] + sum over i, j of w[c][0][i][j] * x[c][r*s0 + i - top][k*s1 + j - left], shift[c]).
//
// Shapes:   words of LANES columns of CHANNELS channels in; KEPT_LANES columns of as many channels out.
// Folding:  UNROLL_CHANNELS channels by UNROLL_TAPS taps (row, column) for all kept lanes in a cycle.
// Cycles:   STEPS of a frame, and the pipeline's depth; parameters before it, one a cycle.
#ifndef SF_DEPTHWISE2D_H
#define SF_DEPTHWISE2D_H

#include "sf_dots.h"
#include "sf_filters.h"
#include "sf_load.h"
#include "sf_requantise.h"
#include "sf_window.h"

namespace sf {

template <class C>
void depthwise2d(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out,
                 hls::stream<Message>& parameters) {
    typedef typename Integer<C::BITS, C::SIGNED>::type In;
    typedef typename Integer<C::OUT_BITS, C::OUT_SIGNED>::type Out;
    typedef ap_int<C::WEIGHT_BITS> Weight;
    typedef ap_int<C::BIAS_BITS> Bias;
    typedef ap_uint<C::SHIFT_BITS> Shift;
    typedef ap_int<C::ACC_BITS> Acc;
    const int TAPS = C::KERNEL_ROWS * C::KERNEL_COLUMNS;
    typedef FilterPlace<TAPS, C::UNROLL_CHANNELS, C::UNROLL_TAPS, C::CHANNELS> Place;
    typedef WindowSize<C> Size;
    const int PHASES = Place::PHASES, PARTS = Place::PARTS, GROUPS = Place::GROUPS, LANES = C::KEPT_LANES;
    const int CHANNELS = GROUPS * C::UNROLL_CHANNELS;  // those that fill the last group counted

    static Weight weight[C::BANKS * PHASES][C::UNROLL_CHANNELS * C::UNROLL_TAPS];
    static Bias bias[C::BANKS][CHANNELS];
    static Shift shift[C::BANKS][CHANNELS];
#pragma HLS array_partition variable=weight complete dim=2
#pragma HLS array_partition variable=bias complete dim=0
#pragma HLS array_partition variable=shift complete dim=0
    static Place place;                               // of the next weight
    static typename Index<C::CHANNELS>::type filter;  // of the next bias or shift

    const int bank = load_linear<C::BANKS>(parameters, weight, bias, shift, place, filter);

    ap_uint<C::IN_WORD> lines[Size::LINES][C::WORDS];
    ap_uint<C::IN_WORD> rows[Size::LINES][C::NARROW ? C::WORDS : 1];  // `lines` where C::NARROW
    In columns[C::CHANNELS][C::KERNEL_ROWS][Size::SPAN];
    In operands[CHANNELS][LANES][PARTS * C::UNROLL_TAPS];
    Acc sums[C::UNROLL_CHANNELS][LANES];
    Out results[CHANNELS][LANES];  // of the word that leaves
#pragma HLS array_partition variable=lines complete dim=1
#pragma HLS dependence variable=lines inter false
#pragma HLS array_partition variable=rows complete dim=0
#pragma HLS array_partition variable=columns complete dim=0
#pragma HLS array_partition variable=operands complete dim=0
#pragma HLS array_partition variable=sums complete dim=0
#pragma HLS array_partition variable=results complete dim=0

    Walk<C, PHASES, 1, 1> walk;
    typename Index<PARTS>::type part = 0;
    typename Index<GROUPS>::type group = 0;
    walk.start();
SF_LABEL(frame)
    for (int step = 0; step < C::STEPS; ++step) {
#pragma HLS pipeline II=1
        if (walk.phase == 0) {
            ap_uint<C::IN_WORD> fresh = 0;
            if (walk.takes()) {
                fresh = in.read();
            }
            if (C::NARROW) {
                step_window<C>(fresh, walk.row, walk.word, In(0), rows, columns);
            } else {
                step_window<C>(fresh, walk.row, walk.word, In(0), lines, columns);
            }
            for (int c = 0; c < CHANNELS; ++c) {
#pragma HLS unroll
                for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
                    for (int tap = 0; tap < PARTS * C::UNROLL_TAPS; ++tap) {
#pragma HLS unroll
                        const int line = tap / C::KERNEL_COLUMNS % C::KERNEL_ROWS;
                        const int column = C::FIRST_LANE + lane * C::LANE_STEP + tap % C::KERNEL_COLUMNS;
                        const bool used = c < C::CHANNELS && tap < TAPS;
                        operands[c][lane][tap] = used ? columns[c % C::CHANNELS][line][column] : In(0);
                    }
                }
            }
        }
        if (walk.computes()) {
            const bool last_part = part == PARTS - 1;
            for (int o = 0; o < C::UNROLL_CHANNELS; ++o) {
#pragma HLS unroll
                const int channel = group * C::UNROLL_CHANNELS + o;
                In x[LANES][C::UNROLL_TAPS];
                Weight w[C::UNROLL_TAPS];
#pragma HLS array_partition variable=x complete dim=0
#pragma HLS array_partition variable=w complete dim=0
                for (int tap = 0; tap < C::UNROLL_TAPS; ++tap) {
#pragma HLS unroll
                    w[tap] = weight[bank * PHASES + walk.phase][o * C::UNROLL_TAPS + tap];
                    for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
                        x[lane][tap] = operands[channel][lane][part * C::UNROLL_TAPS + tap];
                    }
                }
                for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
                    sums[o][lane] = part == 0 ? Acc(bias[bank][channel]) : sums[o][lane];
                }
                Dots<C::ARITHMETIC>::add(x, w, sums[o]);
                for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
                    if (last_part) {
                        const Out y = requantise<C::OUT_BITS, C::OUT_SIGNED>(sums[o][lane], shift[bank][channel]);
                        for (int g = 0; g < GROUPS; ++g) {
#pragma HLS unroll
                            if (group == g) {
                                results[g * C::UNROLL_CHANNELS + o][lane] = y;
                            }
                        }
                    }
                }
            }
            if (walk.phase == PHASES - 1) {
                ap_uint<C::OUT_WORD> word = 0;
                for (int c = 0; c < C::CHANNELS; ++c) {
#pragma HLS unroll
                    for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
                        set_element(word, lane * C::CHANNELS + c, results[c][lane]);
                    }
                }
                out.write(word);
            }
            if (!last_part) {
                part += 1;
            } else {
                part = 0;
                if (group == GROUPS - 1) {
                    group = 0;
                } else {
                    group += 1;
                }
            }
        }
        walk.next();
    }
}

}  // namespace sf

#endif
