// What the generated network.h needs besides its layers.
#ifndef SF_RUN_H
#define SF_RUN_H

#include <cstddef>
#include <cstdint>

namespace sf {

// Element i of `values` to element i of pattern `pattern` of `to` (nothing where `to` is null).
template <class T, std::size_t SIZE>
inline void copy_node(const T (&values)[SIZE], std::size_t pattern, std::int32_t* to) {
    if (to == nullptr) {
        return;
    }
    for (std::size_t i = 0; i < SIZE; ++i) {
        to[pattern * SIZE + i] = static_cast<std::int32_t>(values[i]);
    }
}

}  // namespace sf

#endif
