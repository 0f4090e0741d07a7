// conv2d: y[f][r][k] = requantise(sum over c, i, j of w[f][c][i][j] * x[c][r*s0 + i - top][k*s1 + j - left] + b[f], shift[f]).
#ifndef SF_CONV2D_H
#define SF_CONV2D_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Conv2d {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = Integer<C::out_bits, C::out_signed>;
    using Weight = Integer<C::weight_bits, C::weight_signed>;
    using Acc = Accumulator<C::acc_bits>;

    void load(Reader& reader, const std::string& name) {
        reader.read(name + ".weight", weight_, C::filters * TAPS * C::in_channels, C::weight_bits, C::weight_signed,
                    C::weight_min, C::weight_max);
        reader.read(name + ".bias", bias_, C::filters, C::bias_bits, C::bias_signed, C::bias_min, C::bias_max);
        reader.read(name + ".shift", shift_, C::filters, C::shift_bits, C::shift_signed, C::shift_min, C::shift_max);
    }

    void run(const In* x, Out* y) {
        const In* image = pad(x);
        for (int f = 0; f < C::filters; ++f) {
            for (int r = 0; r < C::out_rows; ++r) {
                Acc acc[C::out_columns];
                std::fill_n(acc, C::out_columns, static_cast<Acc>(bias_[f]));
                for (int c = 0; c < C::in_channels; ++c) {
                    for (int i = 0; i < C::kernel_rows; ++i) {
                        add_row(image + (c * ROWS + r * C::stride_rows + i) * COLUMNS,
                                weight_ + ((f * C::in_channels + c) * C::kernel_rows + i) * C::kernel_columns, acc);
                    }
                }
                Out* row = y + (f * C::out_rows + r) * C::out_columns;
                for (int k = 0; k < C::out_columns; ++k) {
                    row[k] = requantise<C::out_bits, C::out_signed>(acc[k], shift_[f]);
                }
            }
        }
    }

private:
    static constexpr int TAPS = C::kernel_rows * C::kernel_columns;
    static constexpr int ROWS = C::in_rows + C::pad_top + C::pad_bottom;
    static constexpr int COLUMNS = C::in_columns + C::pad_left + C::pad_right;
    static constexpr bool PADDED = ROWS != C::in_rows || COLUMNS != C::in_columns;

    // One row of one channel against one row of a kernel, for all output columns at once.
    static void add_row(const In* x, const Weight* w, Acc* acc) {
        for (int k = 0; k < C::out_columns; ++k) {
            Acc sum = acc[k];
            for (int j = 0; j < C::kernel_columns; ++j) {
                sum += static_cast<Acc>(w[j]) * static_cast<Acc>(x[k * C::stride_columns + j]);
            }
            acc[k] = sum;
        }
    }

    // The image with zeros around it.
    const In* pad(const In* x) {
        if constexpr (!PADDED) {
            return x;
        }
        for (int c = 0; c < C::in_channels; ++c) {
            for (int r = 0; r < C::in_rows; ++r) {
                std::copy_n(x + (c * C::in_rows + r) * C::in_columns, C::in_columns,
                            padded_ + (c * ROWS + r + C::pad_top) * COLUMNS + C::pad_left);
            }
        }
        return padded_;
    }

    Weight weight_[C::filters * C::in_channels * TAPS] = {};
    std::int32_t bias_[C::filters] = {};
    int shift_[C::filters] = {};
    In padded_[PADDED ? C::in_channels * ROWS * COLUMNS : 1] = {};
};

}  // namespace sf

#endif
