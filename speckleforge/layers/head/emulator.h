// head: scores of an embedding against prototypes, then class, slot, accept, keep. Source: layers/head/op.py.
#ifndef SF_HEAD_H
#define SF_HEAD_H

#include "sf_arithmetic.h"
#include "sf_image.h"

namespace sf {

// C: the layer's constants, as the generated network.cpp lists them.
template <class C>
class Head {
public:
    using In = Integer<C::in_bits, C::in_signed>;
    using Out = std::int32_t;
    using Prototype = Integer<C::prototype_bits, C::prototype_signed>;

    void load(Reader& reader, const std::string& name) {
        reader.read(name + ".prototype", prototype_, C::slots * C::in_size, C::prototype_bits, C::prototype_signed,
                    C::prototype_min, C::prototype_max);
        reader.read(name + ".valid", valid_, C::slots, C::valid_bits, C::valid_signed, C::valid_min, C::valid_max);
        reader.read(name + ".class_id", class_id_, C::slots, C::class_id_bits, C::class_id_signed, C::class_id_min,
                    C::class_id_max);
        reader.read(name + ".threshold", &threshold_, 1, C::threshold_bits, C::threshold_signed, C::threshold_min,
                    C::threshold_max);
        reader.read(name + ".keep", keep_, C::keep_size, C::keep_bits, C::keep_signed, C::keep_min, C::keep_max);
    }

    void run(const In* z, Out* y) {
        std::int64_t energy = 0;
        for (int i = 0; i < C::in_size; ++i) {
            energy += std::int64_t{z[i]} * z[i];
        }
        int slot = -1;
        for (int n = 0; n < C::slots; ++n) {
            y[n] = score(z, prototype_ + n * C::in_size);
            if (valid_[n] != 0 && (slot < 0 || y[n] > y[slot])) {
                slot = n;
            }
        }
        const bool accept = slot >= 0 && accepts(y[slot], energy);
        const int label = accept ? class_id_[slot] : UNKNOWN;
        y[C::slots] = label;
        y[C::slots + 1] = slot;
        y[C::slots + 2] = accept ? 1 : 0;
        y[C::slots + 3] = keep_[label == UNKNOWN ? C::keep_size - 1 : label];
    }

private:
    static constexpr int UNKNOWN = -1;

    static std::int32_t score(const In* z, const Prototype* prototype) {
        std::int32_t sum = 0;  // 27 bits at most
        for (int i = 0; i < C::in_size; ++i) {
            sum += std::int32_t{z[i]} * prototype[i];
        }
        return sum;
    }

    // |s| < 2^26, energy < 2^30, threshold < 2^32: nothing overflows 63 bits.
    bool accepts(std::int64_t s, std::int64_t energy) const {
        return s > 0 && s * s * (std::int64_t{1} << C::veto_shift) >= threshold_ * energy;
    }

    Prototype prototype_[C::slots * C::in_size] = {};
    std::int32_t valid_[C::slots] = {};
    std::int32_t class_id_[C::slots] = {};
    std::int64_t threshold_ = 0;
    std::int32_t keep_[C::keep_size] = {};
};

}  // namespace sf

#endif
