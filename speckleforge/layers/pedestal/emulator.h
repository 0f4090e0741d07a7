// pedestal: y = max(x - pedestal, 0).
#ifndef SF_PEDESTAL_H
#define SF_PEDESTAL_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Pedestal {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = Integer<C::out_bits, C::out_signed>;

    void load(Reader& reader, const std::string& name) {
        reader.read(name + ".pedestal", pedestal_, PIXELS, C::pedestal_bits, C::pedestal_signed, C::pedestal_min, C::pedestal_max);
    }

    void run(const In* x, Out* y) {
        for (int i = 0; i < C::in_size; ++i) {
            y[i] = static_cast<Out>(std::max(x[i] - pedestal_[i % PIXELS], 0));
        }
    }

private:
    static constexpr int PIXELS = C::pedestal_size;
    In pedestal_[PIXELS] = {};
};

}  // namespace sf

#endif
