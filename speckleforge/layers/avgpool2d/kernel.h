// avgpool2d: y[c][r][k] = requantise(sum over the window of x[c][r*s0 + i][k*s1 + j], shift).
//
// Shapes:   words of LANES columns of CHANNELS channels in; KEPT_LANES columns of as many channels out.
// Forms:    RUNNING: windows share no element, so every word goes to the sums of its windows, without a line buffer. Else a
//           sliding window.
// Folding:  UNROLL sums requantised in a cycle.
// Cycles:   STEPS of a frame, and the pipeline's depth; parameters before it, one a cycle.
#ifndef SF_AVGPOOL2D_H
#define SF_AVGPOOL2D_H

#include "sf_load.h"
#include "sf_requantise.h"
#include "sf_window.h"

namespace sf {

// Sums of a word's windows, with what the windows have from earlier words. A word holds whole windows, or (C::PARTIAL) a
// part of one.
template <class C, class In, class Acc, int SUMS, int ENTRIES>
inline void running_sums(const ap_uint<C::IN_WORD>& word, int column_word, int entry, bool opens, bool counts,
                         Acc (&held)[ENTRIES][SUMS], Acc (&sums)[SUMS]) {
#pragma HLS inline
    for (int q = 0; q < C::KEPT_LANES; ++q) {
#pragma HLS unroll
        for (int c = 0; c < C::CHANNELS; ++c) {
#pragma HLS unroll
            Acc sum = opens ? Acc(0) : held[entry][q * C::CHANNELS + c];
            for (int i = 0; i < C::SPAN; ++i) {
#pragma HLS unroll
                const int lane = q * C::LANE_STEP + i;
                const int column = column_word * C::LANES + lane - C::OFFSET;
                const bool inside = !C::PARTIAL || (column >= 0 && column % C::COLUMN_STEP < C::KERNEL_COLUMNS &&
                                                    column < C::WIDTH);
                const In x = element<In>(word, lane * C::CHANNELS + c);
                sum += counts && inside ? x : In(0);
            }
            held[entry][q * C::CHANNELS + c] = sum;
            sums[q * C::CHANNELS + c] = sum;
        }
    }
}

template <class C, class In, class Acc, int SUMS, int SPAN>
inline void sliding_sums(const In (&columns)[C::CHANNELS][C::KERNEL_ROWS][SPAN], Acc (&sums)[SUMS]) {
#pragma HLS inline
    for (int q = 0; q < C::KEPT_LANES; ++q) {
#pragma HLS unroll
        for (int c = 0; c < C::CHANNELS; ++c) {
#pragma HLS unroll
            Acc sum = 0;
            for (int i = 0; i < C::KERNEL_ROWS; ++i) {
#pragma HLS unroll
                for (int j = 0; j < C::KERNEL_COLUMNS; ++j) {
#pragma HLS unroll
                    sum += columns[c][i][C::FIRST_LANE + q * C::LANE_STEP + j];
                }
            }
            sums[q * C::CHANNELS + c] = sum;
        }
    }
}

template <class C>
void avgpool2d(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out,
               hls::stream<Message>& parameters) {
    typedef typename Integer<C::BITS, C::SIGNED>::type In;
    typedef typename Integer<C::OUT_BITS, C::SIGNED>::type Out;
    typedef ap_uint<C::SHIFT_BITS> Shift;
    typedef ap_int<C::ACC_BITS> Acc;
    typedef WindowSize<C> Size;
    const int SUMS = C::KEPT_LANES * C::CHANNELS;
    const int PHASES = (SUMS + C::UNROLL - 1) / C::UNROLL;
    const int ENTRIES = C::RUNNING ? C::EMIT_WORDS : 1;
    const int LINE_WORDS = C::RUNNING ? 1 : C::WORDS;

    static Shift shift[C::BANKS];
#pragma HLS array_partition variable=shift complete dim=0

    int bank = 0;
    bool more = true;
SF_LABEL(load)
    while (more) {
#pragma HLS loop_tripcount min=1 max=1
#pragma HLS pipeline II=1
        Message message = 0;
        more = take<C::BANKS>(parameters, message, bank);
        if (more) {
            shift[bank] = value_of<Shift>(message);
        }
    }

    ap_uint<C::IN_WORD> lines[Size::LINES][LINE_WORDS];
    ap_uint<C::IN_WORD> rows[Size::LINES][C::NARROW ? LINE_WORDS : 1];  // `lines` where C::NARROW
    In columns[C::CHANNELS][C::KERNEL_ROWS][Size::SPAN];
    Acc held[ENTRIES][SUMS];
    Acc sums[PHASES * C::UNROLL];
    Out results[PHASES * C::UNROLL];  // of the word that leaves
#pragma HLS array_partition variable=lines complete dim=1
#pragma HLS dependence variable=lines inter false
#pragma HLS array_partition variable=rows complete dim=0
#pragma HLS array_partition variable=columns complete dim=0
#pragma HLS array_partition variable=held complete dim=0
#pragma HLS array_partition variable=sums complete dim=0
#pragma HLS array_partition variable=results complete dim=0

    Walk<C, PHASES, 1, 1> walk;
    typename Index<C::EMIT_ROW_STEP>::type window_row = 0;       // from the top of its windows
    typename Index<C::WINDOW_WORDS + 1>::type window_word = 0;  // from the left of its window; PARTIAL only
    typename Index<C::EMIT_WORDS>::type entry = 0;               // windows of a row that are through
    walk.start();
SF_LABEL(frame)
    for (int step = 0; step < C::STEPS; ++step) {
#pragma HLS pipeline II=1
        if (walk.phase == 0) {
            const ap_uint<C::IN_WORD> fresh = in.read();
            Acc fresh_sums[SUMS];
#pragma HLS array_partition variable=fresh_sums complete dim=0
            if (C::RUNNING) {
                const bool counts = window_row < C::KERNEL_ROWS;
                const bool opens = window_row == 0 && (!C::PARTIAL || window_word == 0);
                const int at = entry < C::EMIT_WORDS ? int(entry) : C::EMIT_WORDS - 1;
                if (entry < C::EMIT_WORDS) {
                    running_sums<C, In>(fresh, walk.word, at, opens, counts, held, fresh_sums);
                }
            } else if (C::NARROW) {
                step_window<C>(fresh, walk.row, walk.word, In(0), rows, columns);
                sliding_sums<C>(columns, fresh_sums);
            } else {
                step_window<C>(fresh, walk.row, walk.word, In(0), lines, columns);
                sliding_sums<C>(columns, fresh_sums);
            }
            for (int i = 0; i < PHASES * C::UNROLL; ++i) {
#pragma HLS unroll
                sums[i] = i < SUMS ? fresh_sums[i % SUMS] : Acc(0);
            }
            // Where the next word stands.
            const bool ends_window = !C::PARTIAL || (C::WINDOW_WORDS != 0 && window_word == C::WINDOW_WORDS - 1);
            if (walk.word == C::WORDS - 1) {
                window_word = 0;
                entry = 0;
                if (window_row == C::EMIT_ROW_STEP - 1) {
                    window_row = 0;
                } else {
                    window_row += 1;
                }
            } else if (ends_window) {
                window_word = 0;
                if (entry < C::EMIT_WORDS) {
                    entry += 1;
                }
            } else if (window_word <= C::WINDOW_WORDS) {
                window_word += 1;
            }
        }
        if (walk.computes()) {
            for (int i = 0; i < C::UNROLL; ++i) {
#pragma HLS unroll
                const Out y = requantise<C::OUT_BITS, C::SIGNED>(sums[walk.phase * C::UNROLL + i], shift[bank]);
                for (int p = 0; p < PHASES; ++p) {
#pragma HLS unroll
                    if (walk.phase == p) {
                        results[p * C::UNROLL + i] = y;
                    }
                }
            }
            if (walk.phase == PHASES - 1) {
                ap_uint<C::OUT_WORD> word = 0;
                for (int i = 0; i < SUMS; ++i) {
#pragma HLS unroll
                    set_element(word, i, results[i]);
                }
                out.write(word);
            }
        }
        walk.next();
    }
}

}  // namespace sf

#endif
