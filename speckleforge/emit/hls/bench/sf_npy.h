// Reads the arrays of integers that the golden vectors are (.npy, little-endian, C order) and plain files of bytes.
#ifndef SF_NPY_H
#define SF_NPY_H

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace sf {

inline std::vector<std::uint8_t> read_bytes(const std::string& path) {
    std::ifstream file(path.c_str(), std::ios::binary);
    if (!file) {
        throw std::runtime_error(path + " cannot be read");
    }
    return std::vector<std::uint8_t>((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

// Elements of an array, [N, ...] flattened.
inline std::vector<std::int64_t> read_npy(const std::string& path) {
    const std::vector<std::uint8_t> bytes = read_bytes(path);
    const std::string magic = "\x93NUMPY";
    if (bytes.size() < 12 || std::string(bytes.begin(), bytes.begin() + 6) != magic) {
        throw std::runtime_error(path + " is no .npy file");
    }
    const std::size_t wide = bytes[6] > 1 ? 4 : 2;
    std::size_t length = 0;
    for (std::size_t i = 0; i < wide; ++i) {
        length |= static_cast<std::size_t>(bytes[8 + i]) << (8 * i);
    }
    const std::size_t start = 8 + wide + length;
    const std::string header(bytes.begin() + static_cast<std::ptrdiff_t>(8 + wide),
                             bytes.begin() + static_cast<std::ptrdiff_t>(start < bytes.size() ? start : bytes.size()));
    const std::size_t kind = header.find("'descr': '") + 10;
    if (kind < 10 || header.find("'fortran_order': False") == std::string::npos || start > bytes.size()) {
        throw std::runtime_error(path + " is no array in C order");
    }
    const char sign = header[kind + 1];
    const std::size_t size = static_cast<std::size_t>(header[kind + 2] - '0');
    if ((header[kind] != '<' && header[kind] != '|') || (sign != 'i' && sign != 'u') || size > 8 || size == 0) {
        throw std::runtime_error(path + " does not hold little-endian integers");
    }
    std::vector<std::int64_t> values;
    for (std::size_t at = start; at + size <= bytes.size(); at += size) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            value |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
        }
        const int unused = static_cast<int>(64 - 8 * size);
        values.push_back(sign == 'i' ? static_cast<std::int64_t>(value << unused) >> unused
                                     : static_cast<std::int64_t>(value));
    }
    return values;
}

}  // namespace sf

#endif
