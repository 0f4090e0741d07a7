// relu: y = max(x, 0).
#ifndef SF_RELU_H
#define SF_RELU_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Relu {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = Integer<C::out_bits, C::out_signed>;

    void load(Reader&, const std::string&) {}

    void run(const In* x, Out* y) {
        for (int i = 0; i < C::in_size; ++i) {
            y[i] = static_cast<Out>(std::max(x[i], In{0}));
        }
    }
};

}  // namespace sf

#endif
