// What every HLS kernel shares: integer types by width, elements of a word, messages with parameters.
//
// A stream between layers carries words: LANES neighbouring columns of all channels of a row, element (lane, channel) at
// bit (lane * CHANNELS + channel) * BITS. Lanes outside the image are don't-care. A frame is a fixed number of words.
#ifndef SF_STREAM_H
#define SF_STREAM_H

#include "ap_int.h"
#include "hls_stream.h"

// Name of a loop in the tool's reports; a plain compiler would warn of a label that nothing uses.
#ifdef __SYNTHESIS__
#define SF_LABEL(name) name:
#else
#define SF_LABEL(name)
#endif

namespace sf {

// Integer<BITS, SIGNED>::type: two's complement or unsigned.
template <int BITS, int SIGNED>
struct Integer {
    typedef ap_uint<BITS> type;
};
template <int BITS>
struct Integer<BITS, 1> {
    typedef ap_int<BITS> type;
};

constexpr int bits_of(int value) { return value < 2 ? 1 : 1 + bits_of(value / 2); }

// Index<LAST>::type: an unsigned integer that counts from 0 to LAST.
template <int LAST>
struct Index {
    typedef ap_uint<bits_of(LAST)> type;
};

// Element `index` of a word.
template <class T, int BITS>
inline T element(const ap_uint<BITS>& word, int index) {
#pragma HLS inline
    T value = 0;
    value(T::width - 1, 0) = word((index + 1) * T::width - 1, index * T::width);
    return value;
}

template <class T, int BITS>
inline void set_element(ap_uint<BITS>& word, int index, const T& value) {
#pragma HLS inline
    word((index + 1) * T::width - 1, index * T::width) = value(T::width - 1, 0);
}

// value = quotient * STEP + rest, with quotients below LIMIT: comparisons, for a divider takes many cycles.
template <int STEP, int LIMIT>
struct Divided {
    int quotient, rest;

    explicit Divided(int value) : quotient(0), rest(value) {
#pragma HLS inline
        for (int k = 1; k < LIMIT; ++k) {
#pragma HLS unroll
            if (value >= k * STEP) {
                quotient = k;
                rest = value - k * STEP;
            }
        }
    }
};

// ---- Messages of the loader --------------------------------------------------------------------------------------------
// To each layer with parameters goes a stream of them: any number of writes, then one `go`, which lets the next frame
// through with the weights of its bank. So weights and frames have one order, the same in every layer.
//
// 31:0 value, 35:32 parameter in the layer's order, 36 first element of it, 37 bank, 38 go.
typedef ap_uint<39> Message;

inline Message write_message(const ap_uint<32>& value, const ap_uint<4>& parameter, bool first, bool bank) {
#pragma HLS inline
    Message message = 0;
    message(31, 0) = value;
    message(35, 32) = parameter;
    message(36, 36) = ap_uint<1>(first);
    message(37, 37) = ap_uint<1>(bank);
    return message;
}

inline Message go_message(bool bank) {
#pragma HLS inline
    Message message = 0;
    message(37, 37) = ap_uint<1>(bank);
    message(38, 38) = ap_uint<1>(1);
    return message;
}

inline bool is_go(const Message& message) {
#pragma HLS inline
    return message[38];
}

inline ap_uint<1> bank_of(const Message& message) {
#pragma HLS inline
    return element<ap_uint<1> >(message, 37);
}

inline bool is_first(const Message& message) {
#pragma HLS inline
    return message[36];
}

inline ap_uint<4> parameter_of(const Message& message) {
#pragma HLS inline
    ap_uint<4> parameter = 0;
    parameter(3, 0) = message(35, 32);
    return parameter;
}

// The value, as the low bits of a type.
template <class T>
inline T value_of(const Message& message) {
#pragma HLS inline
    return element<T>(message, 0);
}

}  // namespace sf

#endif
