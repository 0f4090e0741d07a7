// maxpool2d: the largest integer in each window; elements outside the image are left out.
#ifndef SF_MAXPOOL2D_H
#define SF_MAXPOOL2D_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Maxpool2d {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = In;

    void load(Reader&, const std::string&) {}

    void run(const In* x, Out* y) {
        for (int c = 0; c < C::in_channels; ++c) {
            for (int r = 0; r < C::out_rows; ++r) {
                for (int k = 0; k < C::out_columns; ++k) {
                    *y++ = largest(x + c * C::in_rows * C::in_columns, r * C::stride_rows, k * C::stride_columns);
                }
            }
        }
    }

private:
    static In largest(const In* plane, int top, int left) {
        const int bottom = std::min(top + C::size_rows, C::in_rows);
        const int right = std::min(left + C::size_columns, C::in_columns);
        In best = plane[top * C::in_columns + left];
        for (int r = top; r < bottom; ++r) {
            for (int k = left; k < right; ++k) {
                best = std::max(best, plane[r * C::in_columns + k]);
            }
        }
        return best;
    }
};

}  // namespace sf

#endif
