// Loader: parses a weight image byte by byte and says which element goes to which layer.
//
// Image: magic, layout id, image id, payload bytes (u32 each, little-endian), payload, CRC-32 (zlib) of all before it.
// An image of another layout is refused before anything is written, so its bank keeps what it has. A bank that is being
// written, or whose image had a wrong CRC, holds no checked image: frames that use it are kept and flagged.
// T: the image's tables, as the generated sf_network.h has them.
#ifndef SF_LOADER_H
#define SF_LOADER_H

#include "sf_stream.h"

namespace sf {

// CRC-32 as zlib computes it (reflected polynomial 0xEDB88320), one byte.
inline ap_uint<32> crc32_byte(const ap_uint<32>& crc, const ap_uint<8>& byte) {
#pragma HLS inline
    ap_uint<32> value = crc ^ byte;
    for (int bit = 0; bit < 8; ++bit) {
#pragma HLS unroll
        value = value[0] ? ap_uint<32>((value >> 1) ^ ap_uint<32>(0xEDB88320U)) : ap_uint<32>(value >> 1);
    }
    return value;
}

// How the last load ended, as STATUS says it.
const int GOOD = 1, OTHER_LAYOUT = 2, WRONG_CRC = 3;

// Bits of CONTROL.
const int CONTROL_BANK = 8, CONTROL_ACTIVE = 9, CONTROL_SERVICE = 16;

template <class T>
struct Loader {
    bool busy;
    ap_uint<1> bank;
    ap_uint<8> sequence;  // of the last load
    ap_uint<3> result;
    ap_uint<2> loaded;      // banks with a checked image
    ap_uint<32> image_id[2];
    ap_uint<32> at;         // byte of the image
    ap_uint<32> crc;
    ap_uint<32> word;       // the last four bytes
    ap_uint<32> image;      // id of the image that is coming
    ap_uint<32> written_crc;
    ap_uint<16> segment;
    ap_uint<32> element;
    ap_uint<2> byte;        // of the element
    ap_uint<32> loads, layout_errors, crc_errors;

    // Another sequence number in CONTROL begins a load.
    void begin(const ap_uint<32>& control) {
#pragma HLS inline
        ap_uint<8> asked = 0;
        asked(7, 0) = control(7, 0);
        if (asked != sequence) {
            sequence = asked;
            busy = true;
            bank = T::BANKS > 1 ? element_at(control, CONTROL_BANK) : ap_uint<1>(0);
            at = 0;
            crc = 0xFFFFFFFFU;
            segment = 0;
            element = 0;
            byte = 0;
        }
    }

    // The register STATUS.
    ap_uint<32> status(const ap_uint<1>& active) const {
#pragma HLS inline
        ap_uint<32> value = 0;
        value(0, 0) = ap_uint<1>(busy);
        value(6, 4) = result;
        value(9, 8) = loaded;
        value(12, 12) = active;
        return value;
    }

    static ap_uint<1> element_at(const ap_uint<32>& word, int bit) {
#pragma HLS inline
        return sf::element<ap_uint<1> >(word, bit);
    }

    // Takes the next byte; true where it completes an element, which `message` then carries to layer T::layer(segment).
    bool take(const ap_uint<32>& image_word, Message& message, ap_uint<8>& layer) {
#pragma HLS inline
        if (!busy) {
            return false;  // refused, or through
        }
        ap_uint<8> fresh = 0;
        ap_uint<2> place = 0;
        place(1, 0) = at(1, 0);
        fresh(7, 0) = image_word(8 * place + 7, 8 * place);
        ap_uint<32> next_word = word >> 8;
        next_word(31, 24) = fresh;
        word = next_word;
        const bool header = at < 16;
        const bool payload = !header && at < 16 + T::PAYLOAD_BYTES;
        bool whole = false;
        if (header && place == 3) {
            check_header();
        }
        if (payload) {
            whole = byte == T::bytes(segment) - 1;
            if (whole) {
                message = write_message(extended(), T::parameter(segment), element == 0, bank != 0);
                layer = T::layer(segment);
                next_element();
            } else {
                byte += 1;
            }
        }
        if (header || payload) {
            crc = crc32_byte(crc, fresh);
        }
        at += 1;
        if (at == 20 + T::PAYLOAD_BYTES) {
            finish();
        }
        return whole;
    }

private:
    // The element's bytes are the highest of `word`; sign-extended where the parameter is signed.
    ap_uint<32> extended() const {
#pragma HLS inline
        const int unused = 32 - 8 * T::bytes(segment);
        const ap_int<32> as_signed = ap_int<32>(word) >> unused;
        const ap_uint<32> as_unsigned = word >> unused;
        return T::is_signed(segment) ? ap_uint<32>(as_signed) : as_unsigned;
    }

    void next_element() {
#pragma HLS inline
        byte = 0;
        if (element == T::elements(segment) - 1) {
            element = 0;
            segment += 1;
        } else {
            element += 1;
        }
    }

    void check_header() {
#pragma HLS inline
        const bool wrong = (at == 3 && word != ap_uint<32>(0x31574653U)) || (at == 7 && word != ap_uint<32>(T::LAYOUT_ID)) ||
                           (at == 15 && word != ap_uint<32>(T::PAYLOAD_BYTES));
        if (at == 11) {
            image = word;
        }
        if (wrong) {
            busy = false;
            result = OTHER_LAYOUT;
            layout_errors += 1;
        } else if (at == 15) {
            set_loaded(0);  // from here on the bank is written
        }
    }

    void finish() {
#pragma HLS inline
        busy = false;
        if (word == (crc ^ ap_uint<32>(0xFFFFFFFFU))) {
            image_id[bank] = image;
            result = GOOD;
            loads += 1;
            set_loaded(1);
        } else {
            result = WRONG_CRC;
            crc_errors += 1;
        }
    }

    void set_loaded(int value) {
#pragma HLS inline
        if (bank == 0) {
            loaded(0, 0) = ap_uint<1>(value);
        } else {
            loaded(1, 1) = ap_uint<1>(value);
        }
        if (value == 0) {
            image_id[bank] = 0;
        }
    }
};

}  // namespace sf

#endif
