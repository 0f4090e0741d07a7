// The sliding window: the last rows of the image in line buffers, the last columns in registers.
//
// C::PADDED: rows or columns are added around the image; only then must what lies outside be told apart. C::NARROW: a row
// has so few words that its line buffer is registers, for a memory's next read would come before the write is through.
#ifndef SF_WINDOW_H
#define SF_WINDOW_H

#include "sf_walk.h"

namespace sf {

// Rows of the line buffer (one that stays unused where the kernel has one row), and columns that a window spans.
template <class C>
struct WindowSize {
    static const int LINES = C::KERNEL_ROWS > 1 ? C::KERNEL_ROWS - 1 : 1;
    static const int HISTORY = C::KERNEL_COLUMNS - 1;
    static const int SPAN = HISTORY + C::LANES;
};

// One step: a word enters. `columns` [channel][kernel row][column] then ends with its lanes.
template <class C, class In, int LINES, int DEPTH, int SPAN>
inline void step_window(const ap_uint<C::IN_WORD>& fresh, int row, int word, const In& fill,
                        ap_uint<C::IN_WORD> (&lines)[LINES][DEPTH], In (&columns)[C::CHANNELS][C::KERNEL_ROWS][SPAN]) {
#pragma HLS inline
    const int history = SPAN - C::LANES;
    ap_uint<C::IN_WORD> stack[C::KERNEL_ROWS];
    for (int k = 0; k < C::KERNEL_ROWS - 1; ++k) {
#pragma HLS unroll
        stack[k] = lines[k][word];
    }
    stack[C::KERNEL_ROWS - 1] = fresh;
    for (int k = 0; k < C::KERNEL_ROWS - 1; ++k) {
#pragma HLS unroll
        lines[k][word] = stack[k + 1];
    }
    for (int k = 0; k < C::KERNEL_ROWS; ++k) {
#pragma HLS unroll
        const int image_row = row - (C::KERNEL_ROWS - 1) + k;
        for (int c = 0; c < C::CHANNELS; ++c) {
#pragma HLS unroll
            for (int i = 0; i < history; ++i) {
#pragma HLS unroll
                columns[c][k][i] = C::PADDED && word == 0 ? fill : columns[c][k][i + C::LANES];
            }
            for (int lane = 0; lane < C::LANES; ++lane) {
#pragma HLS unroll
                const int column = word * C::LANES - C::OFFSET + lane;
                const bool inside = image_row >= 0 && image_row < C::IMAGE_ROWS && column >= 0 && column < C::WIDTH;
                const In value = element<In>(stack[k], lane * C::CHANNELS + c);
                columns[c][k][history + lane] = !C::PADDED || inside ? value : fill;
            }
        }
    }
}

}  // namespace sf

#endif
