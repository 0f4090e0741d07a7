// prelu: y = x where x >= 0, else requantise(x * slope, shift).
#ifndef SF_PRELU_H
#define SF_PRELU_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Prelu {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = Integer<C::out_bits, C::out_signed>;
    using Product = Accumulator<C::in_bits + C::slope_bits>;

    void load(Reader& reader, const std::string& name) {
        reader.read(name + ".slope", &slope_, 1, C::slope_bits, C::slope_signed, C::slope_min, C::slope_max);
        reader.read(name + ".shift", &shift_, 1, C::shift_bits, C::shift_signed, C::shift_min, C::shift_max);
    }

    void run(const In* x, Out* y) {
        for (int i = 0; i < C::in_size; ++i) {
            const Product product = static_cast<Product>(x[i]) * static_cast<Product>(slope_);
            y[i] = x[i] >= 0 ? static_cast<Out>(x[i]) : requantise<C::out_bits, C::out_signed>(product, shift_);
        }
    }

private:
    std::int32_t slope_ = 0;
    int shift_ = 0;
};

}  // namespace sf

#endif
