"""Frames for the DMA stream of a speckleforge block, and its result records, with numpy. Shipped as it is.

A frame: 32 bytes of header (a beat where that has more; pulse id u32 little-endian, the rest is not looked at), then
the pixels as they lie in memory, [rows, columns] or [rows, columns, channels], `bits` bits each, lowest bit first,
without gaps. Pixels of 8 or 16 bits are the array's own bytes; two of 4 bits share a byte, the first one in its low
half.
"""

from __future__ import annotations

import numpy as np

HEADER_BYTES = 32


def pack_frame(image: np.ndarray, pulse_id: int, bits: int, header_bytes: int = HEADER_BYTES) -> bytes:
    """The bytes of one frame.

    Parameters
    ----------
    image
        Integers [rows, columns] or [rows, columns, channels], of `bits` bits; signed ones in two's complement.
    pulse_id
        Unsigned, 32 bits.
    bits
        Of a pixel, 1 to 16.
    header_bytes
        Before the pixels, as the block's `README.md` says: 32, on a stream of 512 bits 64.

    Raises
    ------
    ValueError
        If a pixel does not fit.
    """
    pixels = np.ascontiguousarray(image).ravel().astype(np.int64)
    if pixels.size and not -(1 << (bits - 1)) <= pixels.min() <= pixels.max() < 1 << bits:
        raise ValueError(f"a pixel does not fit into {bits} bits: {pixels.min()} to {pixels.max()}")
    header = np.zeros(header_bytes, np.uint8)
    header[:4] = np.array([pulse_id], "<u4").view(np.uint8)
    if bits in (8, 16):
        return header.tobytes() + (pixels & ((1 << bits) - 1)).astype(f"<u{bits // 8}").tobytes()
    planes = ((pixels[:, None] >> np.arange(bits)) & 1).astype(np.uint8)
    return header.tobytes() + np.packbits(planes.ravel(), bitorder="little").tobytes()


def record_type(slots: int) -> np.dtype:
    """The type of a result record, for `numpy.frombuffer`; `record.md` says what the flags mean."""
    head = [("pulse_id", "<u4"), ("image_id", "<u4"), ("flags", "<u4"), ("class", "<i2"), ("slot", "<i2")]
    return np.dtype([*head, ("scores", "<i4", (slots,))])
