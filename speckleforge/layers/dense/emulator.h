// dense: y[o] = requantise(sum over i of w[o][i] * x[i] + b[o], shift[o]).
#ifndef SF_DENSE_H
#define SF_DENSE_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Dense {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = Integer<C::out_bits, C::out_signed>;
    using Weight = Integer<C::weight_bits, C::weight_signed>;
    using Acc = Accumulator<C::acc_bits>;

    void load(Reader& reader, const std::string& name) {
        reader.read(name + ".weight", weight_, C::units * C::in_size, C::weight_bits, C::weight_signed, C::weight_min,
                    C::weight_max);
        reader.read(name + ".bias", bias_, C::units, C::bias_bits, C::bias_signed, C::bias_min, C::bias_max);
        reader.read(name + ".shift", shift_, C::units, C::shift_bits, C::shift_signed, C::shift_min, C::shift_max);
    }

    void run(const In* x, Out* y) {
        for (int o = 0; o < C::units; ++o) {
            const Weight* w = weight_ + o * C::in_size;
            Acc acc = static_cast<Acc>(bias_[o]);
            for (int i = 0; i < C::in_size; ++i) {
                acc += static_cast<Acc>(w[i]) * static_cast<Acc>(x[i]);
            }
            y[o] = requantise<C::out_bits, C::out_signed>(acc, shift_[o]);
        }
    }

private:
    Weight weight_[C::units * C::in_size] = {};
    std::int32_t bias_[C::units] = {};
    int shift_[C::units] = {};
};

}  // namespace sf

#endif
