// mask: y = x where the pixel's mask is 1, else 0.
#ifndef SF_MASK_H
#define SF_MASK_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Mask {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = Integer<C::out_bits, C::out_signed>;

    void load(Reader& reader, const std::string& name) {
        reader.read(name + ".mask", mask_, PIXELS, C::mask_bits, C::mask_signed, C::mask_min, C::mask_max);
    }

    void run(const In* x, Out* y) {
        for (int i = 0; i < C::in_size; ++i) {
            y[i] = mask_[i % PIXELS] != 0 ? static_cast<Out>(x[i]) : Out{0};
        }
    }

private:
    static constexpr int PIXELS = C::mask_size;
    std::uint8_t mask_[PIXELS] = {};
};

}  // namespace sf

#endif
