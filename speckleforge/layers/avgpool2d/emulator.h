// avgpool2d: y[c][r][k] = requantise(sum over the window of x[c][r*s0 + i][k*s1 + j], shift).
#ifndef SF_AVGPOOL2D_H
#define SF_AVGPOOL2D_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Avgpool2d {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = Integer<C::out_bits, C::out_signed>;
    using Acc = Accumulator<C::acc_bits>;

    void load(Reader& reader, const std::string& name) {
        reader.read(name + ".shift", &shift_, 1, C::shift_bits, C::shift_signed, C::shift_min, C::shift_max);
    }

    void run(const In* x, Out* y) {
        for (int c = 0; c < C::in_channels; ++c) {
            for (int r = 0; r < C::out_rows; ++r) {
                const In* top = x + (c * C::in_rows + r * C::stride_rows) * C::in_columns;
                for (int k = 0; k < C::out_columns; ++k) {
                    *y++ = requantise<C::out_bits, C::out_signed>(sum(top + k * C::stride_columns), shift_);
                }
            }
        }
    }

private:
    static Acc sum(const In* corner) {
        Acc total = 0;
        for (int i = 0; i < C::size_rows; ++i) {
            for (int j = 0; j < C::size_columns; ++j) {
                total += static_cast<Acc>(corner[i * C::in_columns + j]);
            }
        }
        return total;
    }

    int shift_ = 0;
};

}  // namespace sf

#endif
