// depthwise2d: y[c][r][k] = requantise(sum over i, j of w[c][0][i][j] * x[c][r*s0 + i - top][k*s1 + j - left] + b[c], shift[c]).
#ifndef SF_DEPTHWISE2D_H
#define SF_DEPTHWISE2D_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Depthwise2d {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = Integer<C::out_bits, C::out_signed>;
    using Weight = Integer<C::weight_bits, C::weight_signed>;
    using Acc = Accumulator<C::acc_bits>;

    void load(Reader& reader, const std::string& name) {
        reader.read(name + ".weight", weight_, C::channels * TAPS, C::weight_bits, C::weight_signed, C::weight_min,
                    C::weight_max);
        reader.read(name + ".bias", bias_, C::channels, C::bias_bits, C::bias_signed, C::bias_min, C::bias_max);
        reader.read(name + ".shift", shift_, C::channels, C::shift_bits, C::shift_signed, C::shift_min, C::shift_max);
    }

    void run(const In* x, Out* y) {
        for (int c = 0; c < C::channels; ++c) {
            const In* image = pad(x + c * C::in_rows * C::in_columns);
            for (int r = 0; r < C::out_rows; ++r) {
                Acc acc[C::out_columns];
                std::fill_n(acc, C::out_columns, static_cast<Acc>(bias_[c]));
                for (int i = 0; i < C::kernel_rows; ++i) {
                    add_row(image + (r * C::stride_rows + i) * COLUMNS,
                            weight_ + (c * C::kernel_rows + i) * C::kernel_columns, acc);
                }
                for (int k = 0; k < C::out_columns; ++k) {
                    *y++ = requantise<C::out_bits, C::out_signed>(acc[k], shift_[c]);
                }
            }
        }
    }

private:
    static constexpr int TAPS = C::kernel_rows * C::kernel_columns;
    static constexpr int ROWS = C::in_rows + C::pad_top + C::pad_bottom;
    static constexpr int COLUMNS = C::in_columns + C::pad_left + C::pad_right;
    static constexpr bool PADDED = ROWS != C::in_rows || COLUMNS != C::in_columns;

    // One row of the channel against one row of its kernel, for all output columns at once.
    static void add_row(const In* x, const Weight* w, Acc* acc) {
        for (int k = 0; k < C::out_columns; ++k) {
            Acc sum = acc[k];
            for (int j = 0; j < C::kernel_columns; ++j) {
                sum += static_cast<Acc>(w[j]) * static_cast<Acc>(x[k * C::stride_columns + j]);
            }
            acc[k] = sum;
        }
    }

    // One channel with zeros around it; they stay from channel to channel.
    const In* pad(const In* x) {
        if constexpr (!PADDED) {
            return x;
        }
        for (int r = 0; r < C::in_rows; ++r) {
            std::copy_n(x + r * C::in_columns, C::in_columns, padded_ + (r + C::pad_top) * COLUMNS + C::pad_left);
        }
        return padded_;
    }

    Weight weight_[C::channels * TAPS] = {};
    std::int32_t bias_[C::channels] = {};
    int shift_[C::channels] = {};
    In padded_[PADDED ? ROWS * COLUMNS : 1] = {};
};

}  // namespace sf

#endif
