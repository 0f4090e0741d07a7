// conv2d: y[f][r][k] = requantise(b[f] + sum over c, i, j of w[f][c][i][j] * x[c][r*s0 + i - top][k*s1 + j - left], shift[f]).
//
// Shapes:   words of LANES columns of CHANNELS channels in; POOLED_LANES columns of OUT_CHANNELS channels out.
// Folding:  UNROLL_OUT filters by UNROLL_TAPS taps (channel, row, column) for all kept lanes in a cycle.
// Cycles:   STEPS of a frame, and the pipeline's depth; parameters before it, one a cycle.
#ifndef SF_CONV2D_H
#define SF_CONV2D_H

#include "sf_dots.h"
#include "sf_filters.h"
#include "sf_load.h"
#include "sf_pool.h"
#include "sf_requantise.h"
#include "sf_window.h"

namespace sf {

template <class C>
void conv2d(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out,
            hls::stream<Message>& parameters) {
    typedef typename Integer<C::BITS, C::SIGNED>::type In;
    typedef typename Integer<C::OUT_BITS, C::OUT_SIGNED>::type Out;
    typedef ap_int<C::WEIGHT_BITS> Weight;
    typedef ap_int<C::BIAS_BITS> Bias;
    typedef ap_uint<C::SHIFT_BITS> Shift;
    typedef ap_int<C::ACC_BITS> Acc;
    const int TAPS = C::CHANNELS * C::KERNEL_ROWS * C::KERNEL_COLUMNS;
    typedef FilterPlace<TAPS, C::UNROLL_OUT, C::UNROLL_TAPS, C::OUT_CHANNELS> Place;
    typedef WindowSize<C> Size;
    const int PHASES = Place::PHASES, PARTS = Place::PARTS, GROUPS = Place::GROUPS, LANES = C::KEPT_LANES;

    static Weight weight[C::BANKS * PHASES][C::UNROLL_OUT * C::UNROLL_TAPS];
    static Bias bias[C::BANKS][GROUPS * C::UNROLL_OUT];
    static Shift shift[C::BANKS][GROUPS * C::UNROLL_OUT];
#pragma HLS array_partition variable=weight complete dim=2
#pragma HLS array_partition variable=bias complete dim=0
#pragma HLS array_partition variable=shift complete dim=0
    static Place place;                                     // of the next weight
    static typename Index<C::OUT_CHANNELS>::type filter;  // of the next bias or shift

    const int bank = load_linear<C::BANKS>(parameters, weight, bias, shift, place, filter);

    ap_uint<C::IN_WORD> lines[Size::LINES][C::WORDS];
    ap_uint<C::IN_WORD> rows[Size::LINES][C::NARROW ? C::WORDS : 1];  // `lines` where C::NARROW
    In columns[C::CHANNELS][C::KERNEL_ROWS][Size::SPAN];
    In operands[LANES][PARTS * C::UNROLL_TAPS];
    Acc sums[C::UNROLL_OUT][LANES];
    Acc along[GROUPS * C::UNROLL_OUT];                                       // largest of a pool so far, in a row
    Acc held[C::POOL_ROWS > 1 ? C::POOLED_WORDS * GROUPS : 1][C::UNROLL_OUT][C::POOLED_LANES];  // of the rows before
    Out results[GROUPS * C::UNROLL_OUT][C::POOLED_LANES];  // of the word that leaves
#pragma HLS array_partition variable=lines complete dim=1
#pragma HLS dependence variable=lines inter false
#pragma HLS array_partition variable=rows complete dim=0
#pragma HLS array_partition variable=columns complete dim=0
#pragma HLS array_partition variable=operands complete dim=0
#pragma HLS array_partition variable=sums complete dim=0
#pragma HLS array_partition variable=along complete dim=0
#pragma HLS array_partition variable=held complete dim=0
#pragma HLS array_partition variable=results complete dim=0

    Walk<C, PHASES, C::POOL_ROWS, PoolSize<C>::WORDS> walk;
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
            for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
                for (int tap = 0; tap < PARTS * C::UNROLL_TAPS; ++tap) {
#pragma HLS unroll
                    const int plane = tap / (C::KERNEL_ROWS * C::KERNEL_COLUMNS) % C::CHANNELS;
                    const int line = tap / C::KERNEL_COLUMNS % C::KERNEL_ROWS;
                    const int column = C::FIRST_LANE + lane * C::LANE_STEP + tap % C::KERNEL_COLUMNS;
                    operands[lane][tap] = tap < TAPS ? columns[plane][line][column] : In(0);
                }
            }
        }
        if (walk.computes()) {
            const bool last_part = part == PARTS - 1;
            In x[LANES][C::UNROLL_TAPS];
#pragma HLS array_partition variable=x complete dim=0
            for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
                for (int tap = 0; tap < C::UNROLL_TAPS; ++tap) {
#pragma HLS unroll
                    x[lane][tap] = operands[lane][part * C::UNROLL_TAPS + tap];
                }
            }
            for (int o = 0; o < C::UNROLL_OUT; ++o) {
#pragma HLS unroll
                const int channel = group * C::UNROLL_OUT + o;
                Weight w[C::UNROLL_TAPS];
#pragma HLS array_partition variable=w complete dim=0
                for (int tap = 0; tap < C::UNROLL_TAPS; ++tap) {
#pragma HLS unroll
                    w[tap] = weight[bank * PHASES + walk.phase][o * C::UNROLL_TAPS + tap];
                }
                for (int lane = 0; lane < LANES; ++lane) {
#pragma HLS unroll
                    sums[o][lane] = part == 0 ? Acc(bias[bank][channel]) : sums[o][lane];
                }
                Dots<C::ARITHMETIC>::add(x, w, sums[o]);
                if (last_part) {
                    Acc best[C::POOLED_LANES];
#pragma HLS array_partition variable=best complete dim=0
                    pool_lanes<C>(sums[o], walk.words.left == 1, best);
                    if (C::KEPT_LANES == 1) {
                        best[0] = walk.words.opens() ? best[0] : larger(best[0], along[channel]);
                        along[channel] = best[0];
                    }
                    for (int q = 0; q < C::POOLED_LANES; ++q) {
#pragma HLS unroll
                        Acc most = best[q];
                        if (C::POOL_ROWS > 1) {
                            const int at = walk.words.group * GROUPS + group;
                            most = walk.rows.opens() ? best[q] : larger(best[q], held[at][o][q]);
                            if (walk.words.closes()) {
                                held[at][o][q] = most;
                            }
                        }
                        const Out y = requantise<C::OUT_BITS, C::OUT_SIGNED>(most, shift[bank][channel]);
                        for (int g = 0; g < GROUPS; ++g) {
#pragma HLS unroll
                            if (group == g) {
                                results[g * C::UNROLL_OUT + o][q] = y;
                            }
                        }
                    }
                }
            }
            if (walk.phase == PHASES - 1 && walk.rows.closes() && walk.words.closes()) {
                ap_uint<C::OUT_WORD> word = 0;
                for (int channel = 0; channel < C::OUT_CHANNELS; ++channel) {
#pragma HLS unroll
                    for (int q = 0; q < C::POOLED_LANES; ++q) {
#pragma HLS unroll
                        set_element(word, q * C::OUT_CHANNELS + channel, results[channel][q]);
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
