// compand: y = number of thresholds t_k with x >= t_k, looked up in a table over all words.
#ifndef SF_COMPAND_H
#define SF_COMPAND_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Compand {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = Integer<C::out_bits, C::out_signed>;

    void load(Reader& reader, const std::string& name) {
        std::int32_t thresholds[C::thresholds_size];
        reader.read(name + ".thresholds", thresholds, C::thresholds_size, C::thresholds_bits, C::thresholds_signed,
                    C::thresholds_min, C::thresholds_max);
        for (std::int32_t word = 0; word < WORDS; ++word) {
            const auto reached = [word](std::int32_t threshold) { return word >= threshold; };
            table_[word] = static_cast<Out>(std::count_if(thresholds, thresholds + C::thresholds_size, reached));
        }
    }

    void run(const In* x, Out* y) {
        for (int i = 0; i < C::in_size; ++i) {
            y[i] = table_[x[i]];
        }
    }

private:
    static constexpr std::int32_t WORDS = 1 << C::in_bits;
    Out table_[WORDS] = {};
};

}  // namespace sf

#endif
