/* Frames for the DMA stream of a speckleforge block, in C: a header of SF_HEADER_BYTES (32; a beat where that has more, then
 * define it before this file; pulse id, lowest byte first; the rest is not looked at), then the pixels [rows][columns][channels], `bits` bits each, lowest bit first, without gaps. Shipped as it is. */
#ifndef SF_FRAMES_H
#define SF_FRAMES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef SF_HEADER_BYTES
#define SF_HEADER_BYTES 32u
#endif

/* Bytes of a frame of `count` pixels. */
static inline size_t sf_frame_bytes(size_t count, unsigned bits) { return SF_HEADER_BYTES + (count * bits + 7) / 8; }

/* Writes a frame to `out`, sf_frame_bytes(count, bits) long; what of a pixel lies above `bits` (1 to 16) is left out. */
static inline void sf_pack_frame(uint8_t *out, const uint16_t *pixels, size_t count, unsigned bits, uint32_t pulse_id) {
    uint32_t held = 0;
    unsigned filled = 0;
    memset(out, 0, SF_HEADER_BYTES);
    for (int i = 0; i < 4; ++i) {
        out[i] = (uint8_t)(pulse_id >> (8 * i));
    }
    out += SF_HEADER_BYTES;
    for (size_t i = 0; i < count; ++i) {
        held |= (uint32_t)(pixels[i] & ((1u << bits) - 1)) << filled;
        for (filled += bits; filled >= 8; filled -= 8, held >>= 8) {
            *out++ = (uint8_t)held;
        }
    }
    if (filled) {
        *out = (uint8_t)held;
    }
}

#endif
