"""Frames and records of the HLS block, for whoever drives its AXI4-Streams. Needs numpy.

A frame is WORDS + 1 beats of BEAT_BYTES bytes, TLAST with the last: one whose first four bytes are the pulse id (lowest
first), then a word of LANES neighbouring columns of all channels in each. A record is SLOTS + 4 beats of 4 bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# Of this design; printed.
CONSTANTS: dict[str, int] = {}


def pack_frame(image: np.ndarray, pulse_id: int) -> bytes:
    """The beats of one frame, one after the other.

    Parameters
    ----------
    image
        Unsigned integers [channels, rows, columns] (or [rows, columns]).
    pulse_id
        0 to 2**32 - 1; it comes back in the record.
    """
    c = CONSTANTS
    pixels = np.asarray(image).reshape(c["CHANNELS"], c["HEIGHT"], c["WIDTH"])
    if pixels.min() < 0 or pixels.max() >> c["BITS"]:
        raise ValueError(f"pixels are not of {c['BITS']} bits: {pixels.min()} to {pixels.max()}")
    # Columns as words have them: lanes before the image and behind it are zeros.
    lanes = np.zeros((c["HEIGHT"], c["ROW_WORDS"] * c["LANES"], c["CHANNELS"]), np.uint32)
    lanes[:, c["OFFSET"] : c["OFFSET"] + c["WIDTH"]] = pixels.transpose(1, 2, 0)
    elements = lanes.reshape(c["WORDS"], c["LANES"] * c["CHANNELS"])
    bits = (elements[:, :, None] >> np.arange(c["BITS"])) & 1
    flat = np.zeros((c["WORDS"], 8 * c["BEAT_BYTES"]), np.uint8)
    flat[:, : bits.shape[1] * c["BITS"]] = bits.reshape(c["WORDS"], -1)
    words = np.packbits(flat, axis=1, bitorder="little")
    return int(pulse_id).to_bytes(4, "little").ljust(c["BEAT_BYTES"], b"\0") + words.tobytes()


def unpack_record(beats: bytes) -> dict[str, Any]:
    """Fields of a record: pulse and image id, flags by name, class and slot (-1: unknown, none), scores."""
    slots = CONSTANTS["SLOTS"]
    words = np.frombuffer(beats, "<u4", 4 + slots)
    halves = np.frombuffer(beats, "<i2", 2, offset=12)
    names = ("keep", "accept", "network_keep", "prescaled", "bank")
    flags = {name: bool(words[2] >> bit & 1) for bit, name in enumerate(names)}
    flags |= {
        name: bool(words[2] >> bit & 1) for bit, name in ((8, "not_loaded"), (10, "short"), (11, "long"), (13, "error"))
    }
    return {
        "pulse_id": int(words[0]),
        "image_id": int(words[1]),
        **flags,
        "sequence": int(words[2] >> 24 & 0x7F),
        "class": int(halves[0]),
        "slot": int(halves[1]),
        "scores": [int(score) for score in words[4:].astype(np.int32)],
    }
