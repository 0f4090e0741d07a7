// Reads a weight image: magic, layout, length, CRC-32, then every element against its range. Believes nothing.
#ifndef SF_IMAGE_H
#define SF_IMAGE_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace sf {

constexpr std::uint32_t MAGIC = 0x31574653;  // "SFW1"
constexpr std::size_t HEADER_BYTES = 16;
constexpr std::size_t TRAILER_BYTES = 4;

inline std::uint32_t word_at(const std::uint8_t* at) {
    return std::uint32_t{at[0]} | std::uint32_t{at[1]} << 8 | std::uint32_t{at[2]} << 16 | std::uint32_t{at[3]} << 24;
}

// CRC-32 as zlib computes it (reflected polynomial 0xEDB88320).
inline std::uint32_t crc32(const std::uint8_t* data, std::size_t bytes) {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320U : 0U);
        }
        table[i] = value;
    }
    std::uint32_t crc = 0xFFFFFFFFU;
    for (std::size_t i = 0; i < bytes; ++i) {
        crc = (crc >> 8) ^ table[(crc ^ data[i]) & 0xFFU];
    }
    return ~crc;
}

// Empty where header and CRC are right, else what is wrong.
inline std::string check_image(const std::uint8_t* image, std::size_t bytes, std::uint32_t layout, std::size_t payload) {
    if (bytes < HEADER_BYTES + TRAILER_BYTES) {
        return "weight image: too short";
    }
    if (word_at(image) != MAGIC) {
        return "weight image: not a weight image (magic)";
    }
    if (word_at(image + 4) != layout) {
        return "weight image: image of another layout";
    }
    if (bytes != HEADER_BYTES + payload + TRAILER_BYTES || word_at(image + 12) != payload) {
        return "weight image: wrong length";
    }
    if (word_at(image + bytes - TRAILER_BYTES) != crc32(image, bytes - TRAILER_BYTES)) {
        return "weight image: damaged (CRC)";
    }
    return "";
}

// Walks through the payload, parameter by parameter in canonical order.
class Reader {
public:
    explicit Reader(const std::uint8_t* payload) : at_(payload) {}

    // Reads `count` elements of `bits` bits into `to`; values outside low .. high are an error.
    template <class T>
    void read(const std::string& name, T* to, std::size_t count, int bits, bool is_signed, std::int64_t low, std::int64_t high) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::int64_t value = next((bits + 7) / 8, is_signed);
            if ((value < low || value > high) && error_.empty()) {
                error_ = name + "[" + std::to_string(i) + "]: value out of range: " + std::to_string(value);
            }
            to[i] = static_cast<T>(value);
        }
    }

    const std::string& error() const { return error_; }

private:
    std::int64_t next(int bytes, bool is_signed) {
        std::uint64_t value = 0;
        for (int i = 0; i < bytes; ++i) {
            value |= std::uint64_t{*at_++} << (8 * i);
        }
        const int unused = 64 - 8 * bytes;
        if (is_signed) {
            return static_cast<std::int64_t>(value << unused) >> unused;
        }
        return static_cast<std::int64_t>(value);
    }

    const std::uint8_t* at_;
    std::string error_;
};

}  // namespace sf

#endif
