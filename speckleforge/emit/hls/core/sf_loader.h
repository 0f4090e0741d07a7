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

// What is known of a turn when its frame is let through: elements of 32 bits, those up to PRESCALE registers of the block.
const int TURN_STATUS = 0, TURN_IMAGE_ID_0 = 1, TURN_IMAGE_ID_1 = 2, TURN_LOADS = 3, TURN_LAYOUT_ERRORS = 4;
const int TURN_CRC_ERRORS = 5, TURN_PRESCALE = 6;
typedef ap_uint<32 * 7> Turn;

// Bits of STATUS.
const int STATUS_BUSY = 0, STATUS_LOADED = 8, STATUS_ACTIVE = 12;

// A segment of the image: elements of one parameter of one layer. Counters end with what is here, so nothing is compared
// with a table while bytes come.
struct Segment {
    ap_uint<2> last_byte;      // of an element
    ap_uint<32> last_element;
    ap_uint<1> is_signed;
    ap_uint<8> layer;
    ap_uint<4> parameter;
};

template <class T>
struct Loader {
    static const int HEADER = 16;  // bytes
    static const int END = HEADER + T::PAYLOAD_BYTES + 4;

    bool busy;
    ap_uint<1> bank;
    ap_uint<8> sequence;  // of the last load
    ap_uint<3> result;
    ap_uint<2> loaded;  // banks with a checked image
    ap_uint<32> image_id_0, image_id_1;
    ap_uint<32> at;      // byte of the image
    ap_uint<32> crc;
    ap_uint<128> last;   // the last sixteen bytes, the newest on top
    ap_uint<32> image;   // id of the image that is coming
    Segment now;
    ap_uint<16> segment;  // its number
    ap_uint<32> element;
    ap_uint<2> byte;  // of the element
    ap_uint<32> loads, layout_errors, crc_errors;

    // Another sequence number in CONTROL begins a load: true where it does. 0, which CONTROL holds after a reset, begins
    // none and ends one that is under way.
    bool begin(const ap_uint<32>& control) {
#pragma HLS inline
        ap_uint<8> asked = 0;
        asked(7, 0) = control(7, 0);
        const bool begins = asked != sequence && asked != 0;
        if (asked == 0) {
            busy = false;
        }
        sequence = asked;
        if (begins) {
            busy = true;
            bank = T::BANKS > 1 ? sf::element<ap_uint<1> >(control, CONTROL_BANK) : ap_uint<1>(0);
            at = 0;
            crc = 0xFFFFFFFFU;
            now = segment_of(0);
            segment = 0;
            element = 0;
            byte = 0;
        }
        return begins;
    }

    Turn turn(const ap_uint<1>& active, const ap_uint<32>& prescale) const {
#pragma HLS inline
        ap_uint<32> status = 0;
        status(STATUS_BUSY, STATUS_BUSY) = ap_uint<1>(busy);
        status(6, 4) = result;
        status(STATUS_LOADED + 1, STATUS_LOADED) = loaded;
        status(STATUS_ACTIVE, STATUS_ACTIVE) = active;
        Turn turn = 0;
        set_element(turn, TURN_STATUS, status);
        set_element(turn, TURN_IMAGE_ID_0, image_id_0);
        set_element(turn, TURN_IMAGE_ID_1, image_id_1);
        set_element(turn, TURN_LOADS, loads);
        set_element(turn, TURN_LAYOUT_ERRORS, layout_errors);
        set_element(turn, TURN_CRC_ERRORS, crc_errors);
        set_element(turn, TURN_PRESCALE, prescale);
        return turn;
    }

    // Takes a byte of the header.
    void take_header(const ap_uint<32>& image_word) {
#pragma HLS inline
        crc = crc32_byte(crc, next_byte(image_word));
    }

    // After the header: refuses an image of another layout.
    void check_header() {
#pragma HLS inline
        const bool right = sf::element<ap_uint<32> >(last, 0) == ap_uint<32>(0x31574653U) &&
                           sf::element<ap_uint<32> >(last, 1) == ap_uint<32>(T::LAYOUT_ID) &&
                           sf::element<ap_uint<32> >(last, 3) == ap_uint<32>(T::PAYLOAD_BYTES);
        image = sf::element<ap_uint<32> >(last, 2);
        if (right) {
            set_loaded(0, 0);  // from here on the bank is written
        } else {
            busy = false;
            result = OTHER_LAYOUT;
            layout_errors += 1;
        }
    }

    // How many bytes this turn takes, of `most`.
    int bytes(int most) const {
#pragma HLS inline
        const int left = END - int(at);
        return !busy ? 0 : left < most ? left : most;
    }

    // Takes a byte behind the header; true where it completes an element, which `message` then carries to `layer`.
    bool take(const ap_uint<32>& image_word, Message& message, ap_uint<8>& layer) {
#pragma HLS inline
        const bool payload = at < HEADER + T::PAYLOAD_BYTES;
        const ap_uint<8> fresh = next_byte(image_word);
        if (!payload) {
            return false;
        }
        crc = crc32_byte(crc, fresh);
        const bool whole = byte == now.last_byte;
        message = write_message(extended(), now.parameter, element == 0, bank != 0);
        layer = now.layer;
        if (!whole) {
            byte += 1;
        } else {
            byte = 0;
            if (element != now.last_element) {
                element += 1;
            } else {
                element = 0;
                segment += 1;
                now = segment_of(segment);
            }
        }
        return whole;
    }

    // After a turn's bytes: if they were the last ones, compares the CRC, whose four bytes came last.
    void end() {
#pragma HLS inline
        if (!busy || at != END) {
            return;
        }
        busy = false;
        if (sf::element<ap_uint<32> >(last, 3) == (crc ^ ap_uint<32>(0xFFFFFFFFU))) {
            result = GOOD;
            loads += 1;
            set_loaded(1, image);
        } else {
            result = WRONG_CRC;
            crc_errors += 1;
        }
    }

    ap_uint<8> next_byte(const ap_uint<32>& image_word) {
#pragma HLS inline
        ap_uint<2> place = 0;
        place(1, 0) = at(1, 0);
        const ap_uint<8> fresh = sf::element<ap_uint<8> >(image_word, place);
        ap_uint<128> shifted = 0;
        shifted(119, 0) = last(127, 8);
        shifted(127, 120) = fresh;
        last = shifted;
        at += 1;
        return fresh;
    }

    // The element's bytes are the newest; sign-extended where the parameter is signed.
    ap_uint<32> extended() const {
#pragma HLS inline
        const ap_uint<32> word = sf::element<ap_uint<32> >(last, 3);
        const int unused = 8 * (3 - int(now.last_byte));
        const ap_int<32> as_signed = ap_int<32>(word) >> unused;
        const ap_uint<32> as_unsigned = word >> unused;
        return now.is_signed != 0 ? ap_uint<32>(as_signed) : as_unsigned;
    }

    static Segment segment_of(int index) {
#pragma HLS inline
        Segment found = {0, 0, 0, 0, 0};
        for (int k = 0; k < T::SEGMENTS; ++k) {
#pragma HLS unroll
            if (k == index) {
                found.last_byte = T::bytes(k) - 1;
                found.last_element = T::elements(k) - 1;
                found.is_signed = T::is_signed(k);
                found.layer = T::layer(k);
                found.parameter = T::parameter(k);
            }
        }
        return found;
    }

    void set_loaded(int value, const ap_uint<32>& id) {
#pragma HLS inline
        if (bank == 0) {
            loaded(0, 0) = ap_uint<1>(value);
            image_id_0 = id;
        } else {
            loaded(1, 1) = ap_uint<1>(value);
            image_id_1 = id;
        }
    }
};

}  // namespace sf

#endif
