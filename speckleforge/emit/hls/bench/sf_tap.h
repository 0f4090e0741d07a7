// C simulation only: what passes between two layers, as the integers of a tensor [channels, rows, columns].
#ifndef SF_TAP_H
#define SF_TAP_H

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sf_stream.h"

namespace sf {

// Where boundary `index` is written to; null: nowhere. As many as the network has boundaries.
inline std::vector<std::int32_t*>& tap_sinks() {
    static std::vector<std::int32_t*> sinks;
    return sinks;
}

// Boundaries seen since it was set to 0: none in co-simulation, where the streams are inside the tool's RTL.
inline std::size_t& taps_seen() {
    static std::size_t count = 0;
    return count;
}

// Reads the words of a frame from a stream and writes them back. S: the stream's type.
template <class S>
void tap(std::size_t index, hls::stream<ap_uint<S::WORD_BITS> >& words) {
    if (index >= tap_sinks().size() || tap_sinks()[index] == nullptr) {
        return;
    }
    std::int32_t* tensor = tap_sinks()[index];
    ++taps_seen();
    for (int row = 0; row < S::HEIGHT; ++row) {
        for (int word = 0; word < S::ROW_WORDS; ++word) {
            const ap_uint<S::WORD_BITS> data = words.read();
            words.write(data);
            for (int lane = 0; lane < S::LANES; ++lane) {
                const int column = word * S::LANES - S::OFFSET + lane;
                for (int c = 0; c < S::CHANNELS && column >= 0 && column < S::WIDTH; ++c) {
                    const typename S::Element value = element<typename S::Element>(data, lane * S::CHANNELS + c);
                    tensor[(c * S::HEIGHT + row) * S::WIDTH + column] = static_cast<std::int32_t>(value.to_int64());
                }
            }
        }
    }
}

}  // namespace sf

#endif
