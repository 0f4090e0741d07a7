// A stand-in for the HLS tool's ap_int.h, for C simulation with a plain compiler: what the kernels use of it, bit for bit.
//
// ap_int<W>, ap_uint<W>: two's complement integers of W bits, kept in range at every assignment. A result of + - * is as
// wide as it has to be; of >> << as wide as its left operand. W <= 64 computes; wider words only carry bits (ranges,
// comparison for equality). Never part of a synthesis.
// Source: widths and signs of results: AMD UG1399, "Class Methods, Operators, and Data Members" of ap_int.
#ifndef SF_AP_INT_H
#define SF_AP_INT_H

#include <cstdint>
#include <type_traits>

template <int W, bool S>
class ap_narrow;
template <int W>
class ap_wide;
template <int W>
class ap_int;
template <int W>
class ap_uint;

namespace ap_detail {

constexpr int larger(int a, int b) { return a > b ? a : b; }

constexpr std::uint64_t ones(int bits) { return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1; }

// Where SF_AP_NOISE is defined, new values are noise once `noisy()` is true: what hardware holds before it is written.
#ifdef SF_AP_NOISE
inline bool& noisy() {
    static bool on = false;
    return on;
}
inline std::uint64_t fresh() {
    static std::uint64_t state = 1;
    state = state * 6364136223846793005U + 1442695040888963407U;
    return noisy() ? state ^ (state >> 29) : 0;
}
#else
inline std::uint64_t fresh() { return 0; }
#endif

template <int W, bool S>
struct Storage {
    typedef typename std::conditional<S, std::int32_t, std::uint32_t>::type word;
    typedef typename std::conditional<S, std::int64_t, std::uint64_t>::type long_word;
    typedef typename std::conditional<(W <= 32), word, long_word>::type type;
};

// A C++ integer as one of these.
template <class T>
struct Native {
    static const int width = std::is_same<T, bool>::value ? 1 : static_cast<int>(8 * sizeof(T));
    static const bool sign = std::is_signed<T>::value;
    typedef ap_narrow<width, sign> type;
};

// Bits hi .. lo of an owner: assigned to and from as raw bits.
template <class Owner>
class Range {
public:
    Range(Owner& owner, int high, int low) : owner_(owner), low_(low), width_(high - low + 1) {}

    Range(const Range&) = default;

    Range& operator=(const Range& other) { return copy(other); }

    template <class Other>
    Range& operator=(const Range<Other>& other) {
        return copy(other);
    }

    template <class Value>
    Range& operator=(const Value& value) {
        assign(value);
        return *this;
    }

    int width() const { return width_; }

    // `count` <= 64 bits from bit `from` of the range on; zeros beyond its end.
    std::uint64_t bits(int from, int count) const {
        const int inside = width_ - from < count ? width_ - from : count;
        return inside <= 0 ? 0 : owner_.bits(low_ + from, inside);
    }

    std::uint64_t to_uint64() const { return bits(0, width_ < 64 ? width_ : 64); }

private:
    template <class Other>
    Range& copy(const Other& other) {
        for (int from = 0; from < width_; from += 64) {
            const int count = width_ - from < 64 ? width_ - from : 64;
            owner_.set_bits(low_ + from, count, other.bits(from, count));
        }
        return *this;
    }

    template <class T>
    typename std::enable_if<std::is_integral<T>::value>::type assign(T value) {
        copy(typename Native<T>::type(value));
    }

    template <class T>
    typename std::enable_if<!std::is_integral<T>::value>::type assign(const T& value) {
        copy(value);
    }

    Owner& owner_;
    int low_;
    int width_;
};

}  // namespace ap_detail

// Up to 64 bits, with arithmetic.
template <int W, bool S>
class ap_narrow {
    static_assert(W >= 1 && W <= 64, "this stand-in computes with 1 to 64 bits");

public:
    static const int width = W;
    static const bool sign_flag = S;
    typedef typename ap_detail::Storage<W, S>::type Value;

    ap_narrow() : value_(wrap(ap_detail::fresh())) {}

    template <class T, class = typename std::enable_if<std::is_integral<T>::value>::type>
    ap_narrow(T value) : value_(wrap(static_cast<std::uint64_t>(value))) {}

    template <int W2, bool S2>
    ap_narrow(const ap_narrow<W2, S2>& other) : value_(wrap(other.raw())) {}

    template <int W2>
    ap_narrow(const ap_wide<W2>& other) : value_(wrap(other.bits(0, 64))) {}

    template <class Owner>
    ap_narrow(const ap_detail::Range<Owner>& range) : value_(wrap(range.to_uint64())) {}

    // The value, sign-extended to 64 bits.
    std::uint64_t raw() const { return static_cast<std::uint64_t>(static_cast<std::int64_t>(value_)); }

    operator Value() const { return value_; }

    std::int64_t to_int64() const { return static_cast<std::int64_t>(value_); }
    std::uint64_t to_uint64() const { return raw(); }
    int to_int() const { return static_cast<int>(value_); }

    // Raw bits; beyond the width those of a sign extension.
    std::uint64_t bits(int from, int count) const {
        const std::uint64_t rest = from >= 64 ? (is_negative() ? ~std::uint64_t{0} : 0) : shifted(from);
        return rest & ap_detail::ones(count);
    }

    void set_bits(int from, int count, std::uint64_t value) {
        const std::uint64_t mask = ap_detail::ones(count) << from;
        value_ = wrap((raw() & ~mask) | ((value << from) & mask));
    }

    ap_detail::Range<ap_narrow> range(int high, int low) { return {*this, high, low}; }
    ap_detail::Range<const ap_narrow> range(int high, int low) const { return {*this, high, low}; }
    ap_detail::Range<ap_narrow> operator()(int high, int low) { return {*this, high, low}; }
    ap_detail::Range<const ap_narrow> operator()(int high, int low) const { return {*this, high, low}; }

    bool operator[](int index) const { return (bits(index, 1)) != 0; }
    bool operator!() const { return value_ == 0; }

    ap_narrow& operator++() { return *this = ap_narrow(raw() + 1); }
    ap_narrow& operator--() { return *this = ap_narrow(raw() - 1); }

#define SF_AP_ASSIGN(OP, BINARY)                                                                        \
    template <int W2, bool S2>                                                                          \
    ap_narrow& operator OP(const ap_narrow<W2, S2>& other) {                                            \
        return *this = ap_narrow(*this BINARY other);                                                   \
    }                                                                                                   \
    template <class T, class = typename std::enable_if<std::is_integral<T>::value>::type>               \
    ap_narrow& operator OP(T other) { /* by value: a reference would need the constant to be defined */ \
        return *this = ap_narrow(*this BINARY other);                                                   \
    }
    SF_AP_ASSIGN(+=, +)
    SF_AP_ASSIGN(-=, -)
    SF_AP_ASSIGN(*=, *)
#undef SF_AP_ASSIGN

    bool is_negative() const { return S && static_cast<std::int64_t>(value_) < 0; }

private:
    static Value wrap(std::uint64_t bits) {
        const std::uint64_t high = bits << (64 - W);
        return S ? static_cast<Value>(static_cast<std::int64_t>(high) >> (64 - W)) : static_cast<Value>(high >> (64 - W));
    }

    std::uint64_t shifted(int from) const {
        return S ? static_cast<std::uint64_t>(static_cast<std::int64_t>(raw()) >> from) : raw() >> from;
    }

    Value value_;
};

// More than 64 bits: a word that carries elements.
template <int W>
class ap_wide {
public:
    static const int width = W;

    ap_wide() : words_() {
        for (int from = 0; from < W; from += 64) {
            set_bits(from, W - from < 64 ? W - from : 64, ap_detail::fresh());
        }
    }

    template <class T, class = typename std::enable_if<std::is_integral<T>::value>::type>
    ap_wide(T value) : words_() {
        *this = ap_wide(typename ap_detail::Native<T>::type(value));
    }

    template <int W2, bool S2>
    ap_wide(const ap_narrow<W2, S2>& other) : words_() {
        range(W - 1, 0) = other;
    }

    template <int W2>
    ap_wide(const ap_wide<W2>& other) : words_() {
        range(W - 1, 0) = other.range(W2 - 1, 0);
    }

    template <class Owner>
    ap_wide(const ap_detail::Range<Owner>& other) : words_() {
        range(W - 1, 0) = other;
    }

    std::uint64_t bits(int from, int count) const {
        const int word = from / 64, shift = from % 64;
        std::uint64_t value = words_[word] >> shift;
        if (shift + count > 64) {
            value |= words_[word + 1] << (64 - shift);
        }
        return value & ap_detail::ones(count);
    }

    void set_bits(int from, int count, std::uint64_t value) {
        const int word = from / 64, shift = from % 64;
        const std::uint64_t mask = ap_detail::ones(count);
        words_[word] = (words_[word] & ~(mask << shift)) | ((value & mask) << shift);
        if (shift + count > 64) {
            words_[word + 1] = (words_[word + 1] & ~(mask >> (64 - shift))) | ((value & mask) >> (64 - shift));
        }
    }

    ap_detail::Range<ap_wide> range(int high, int low) { return {*this, high, low}; }
    ap_detail::Range<const ap_wide> range(int high, int low) const { return {*this, high, low}; }
    ap_detail::Range<ap_wide> operator()(int high, int low) { return {*this, high, low}; }
    ap_detail::Range<const ap_wide> operator()(int high, int low) const { return {*this, high, low}; }

    std::uint64_t to_uint64() const { return words_[0]; }

    bool operator==(const ap_wide& other) const {
        for (int i = 0; i < WORDS; ++i) {
            if (words_[i] != other.words_[i]) {
                return false;
            }
        }
        return true;
    }
    bool operator!=(const ap_wide& other) const { return !(*this == other); }

private:
    static const int WORDS = (W + 63) / 64;
    std::uint64_t words_[WORDS];
};

template <int W>
class ap_int : public ap_narrow<W, true> {
public:
    using ap_narrow<W, true>::ap_narrow;
    ap_int() {}
    ap_int(const ap_narrow<W, true>& other) : ap_narrow<W, true>(other) {}
};

template <int W, bool WIDE>
struct ap_uint_base {
    typedef ap_narrow<W, false> type;
};
template <int W>
struct ap_uint_base<W, true> {
    typedef ap_wide<W> type;
};

template <int W>
class ap_uint : public ap_uint_base<W, (W > 64)>::type {
    typedef typename ap_uint_base<W, (W > 64)>::type Base;

public:
    using Base::Base;
    ap_uint() {}
    ap_uint(const Base& other) : Base(other) {}
};

// ---- Operators --------------------------------------------------------------------------------------------------------

#define SF_AP_BINARY(OP, BITS, SIGN)                                                                              \
    template <int W, bool S, int W2, bool S2>                                                                     \
    inline ap_narrow<(BITS), (SIGN)> operator OP(const ap_narrow<W, S>& a, const ap_narrow<W2, S2>& b) {          \
        return ap_narrow<(BITS), (SIGN)>(a.raw() OP b.raw());                                                     \
    }                                                                                                             \
    template <int W, bool S, class T, class = typename std::enable_if<std::is_integral<T>::value>::type>          \
    inline auto operator OP(const ap_narrow<W, S>& a, T b)->decltype(a OP typename ap_detail::Native<T>::type()) { \
        return a OP typename ap_detail::Native<T>::type(b);                                                       \
    }                                                                                                             \
    template <int W, bool S, class T, class = typename std::enable_if<std::is_integral<T>::value>::type>          \
    inline auto operator OP(T a, const ap_narrow<W, S>& b)->decltype(typename ap_detail::Native<T>::type() OP b) { \
        return typename ap_detail::Native<T>::type(a) OP b;                                                       \
    }

#define SF_AP_SUM ap_detail::larger(W + (S2 && !S), W2 + (S && !S2)) + 1
#define SF_AP_MOST ap_detail::larger(W + (S2 && !S), W2 + (S && !S2))
SF_AP_BINARY(+, SF_AP_SUM, S || S2)
SF_AP_BINARY(-, SF_AP_SUM, true)
SF_AP_BINARY(*, W + W2, S || S2)
SF_AP_BINARY(&, SF_AP_MOST, S || S2)
SF_AP_BINARY(|, SF_AP_MOST, S || S2)
SF_AP_BINARY(^, SF_AP_MOST, S || S2)
#undef SF_AP_SUM
#undef SF_AP_MOST
#undef SF_AP_BINARY

// A shift by the width or more leaves nothing but the sign.
template <int W, bool S>
inline ap_narrow<W, S> sf_ap_shift_right(const ap_narrow<W, S>& a, int by) {
    return ap_narrow<W, S>(a.bits(by, 64));
}
template <int W, bool S>
inline ap_narrow<W, S> sf_ap_shift_left(const ap_narrow<W, S>& a, int by) {
    return ap_narrow<W, S>(by >= 64 ? 0 : a.raw() << by);
}
template <int W, bool S>
inline ap_narrow<W, S> operator>>(const ap_narrow<W, S>& a, int by) {
    return sf_ap_shift_right(a, by);
}
template <int W, bool S>
inline ap_narrow<W, S> operator<<(const ap_narrow<W, S>& a, int by) {
    return sf_ap_shift_left(a, by);
}
template <int W, bool S, int W2>
inline ap_narrow<W, S> operator>>(const ap_narrow<W, S>& a, const ap_narrow<W2, false>& by) {
    return sf_ap_shift_right(a, by.to_int());
}
template <int W, bool S, int W2>
inline ap_narrow<W, S> operator<<(const ap_narrow<W, S>& a, const ap_narrow<W2, false>& by) {
    return sf_ap_shift_left(a, by.to_int());
}

namespace ap_detail {

// -1, 0, 1: values compare, whatever their widths and signs.
template <int W, bool S, int W2, bool S2>
inline int compare(const ap_narrow<W, S>& a, const ap_narrow<W2, S2>& b) {
    if (a.is_negative() != b.is_negative()) {
        return a.is_negative() ? -1 : 1;
    }
    return a.raw() < b.raw() ? -1 : (a.raw() > b.raw() ? 1 : 0);
}

}  // namespace ap_detail

#define SF_AP_COMPARE(OP)                                                                                \
    template <int W, bool S, int W2, bool S2>                                                            \
    inline bool operator OP(const ap_narrow<W, S>& a, const ap_narrow<W2, S2>& b) {                      \
        return ap_detail::compare(a, b) OP 0;                                                            \
    }                                                                                                    \
    template <int W, bool S, class T, class = typename std::enable_if<std::is_integral<T>::value>::type> \
    inline bool operator OP(const ap_narrow<W, S>& a, T b) {                                             \
        return a OP typename ap_detail::Native<T>::type(b);                                              \
    }                                                                                                    \
    template <int W, bool S, class T, class = typename std::enable_if<std::is_integral<T>::value>::type> \
    inline bool operator OP(T a, const ap_narrow<W, S>& b) {                                             \
        return typename ap_detail::Native<T>::type(a) OP b;                                              \
    }

SF_AP_COMPARE(==)
SF_AP_COMPARE(!=)
SF_AP_COMPARE(<)
SF_AP_COMPARE(<=)
SF_AP_COMPARE(>)
SF_AP_COMPARE(>=)
#undef SF_AP_COMPARE

#endif
