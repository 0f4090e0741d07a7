"""The weight image: header, payload of all parameters in canonical order, CRC. Takes integers; gives bytes, and back.

Source: docs/architecture.md, section Weight image. An image is all or nothing: whatever is wrong with it is one error.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import FormatError, Problem, RangeError
from speckleforge.ir.layout import HEADER_BYTES, MAGIC, TRAILER_BYTES, Layout, Segment

_HEADER = struct.Struct("<4I")  # magic, layout id, image id, payload bytes
_TRAILER = struct.Struct("<I")  # CRC-32 of all before it


def image_id(payload: bytes) -> int:
    """First 4 bytes (little-endian) of the payload's sha256: names a set of learned values."""
    return int.from_bytes(hashlib.sha256(payload).digest()[:4], "little")


def check_segment(values: NDArray[Any], segment: Segment) -> None:
    """Refuse values that are not integers of the segment's shape and range.

    Raises
    ------
    FormatError
        For another shape, or for values that are not integers.
    RangeError
        For values outside `type.min`..`max`, naming the parameter.
    """
    if values.dtype.kind not in "iu" or values.shape != segment.shape:
        got, allowed = f"{values.dtype}{list(values.shape)}", f"integers {list(segment.shape)}"
        raise FormatError(Problem("parameter of another kind", segment.name, got, allowed))
    low, high = int(values.min()), int(values.max())
    if low < segment.type.min or high > segment.max:
        allowed = f"{segment.type.min}..{segment.max} ({segment.type})"
        raise RangeError(Problem("value out of range", segment.name, f"{low}..{high}", allowed))


def check_names(names: Mapping[str, Any], layout: Layout) -> None:
    """Raise `FormatError` unless `names` are exactly the layout's parameters."""
    wanted = {segment.name for segment in layout.segments}
    problems = [Problem("parameter is missing", name) for name in sorted(wanted - set(names))]
    problems += [Problem("no such parameter in the topology", name) for name in sorted(set(names) - wanted)]
    if problems:
        raise FormatError(problems)


def _encode(values: NDArray[Any], segment: Segment) -> bytes:
    """Elements in C order, two's complement, little-endian, `type.bytes` each."""
    wide = np.ascontiguousarray(values, dtype="<i8").reshape(-1, 1).view(np.uint8)
    return wide[:, : segment.type.bytes].tobytes()


def _decode(payload: bytes, segment: Segment) -> NDArray[np.int64]:
    """Inverse of `_encode`: int64 in the parameter's shape."""
    size = segment.type.bytes
    raw = np.frombuffer(payload, np.uint8, segment.bytes, segment.offset).reshape(-1, size)
    negative = (raw[:, -1] >> 7).astype(bool) & segment.type.signed
    wide = np.where(negative[:, None], np.uint8(255), np.uint8(0)).repeat(8, axis=1)
    wide[:, :size] = raw
    return np.asarray(wide.view("<i8").reshape(segment.shape), dtype=np.int64)


def build_image(layout: Layout, params: Mapping[str, NDArray[Any]]) -> bytes:
    """The image of a parameter set.

    Parameters
    ----------
    params
        `<node>.<parameter>` -> integers in the parameter's shape; exactly the layout's parameters.

    Raises
    ------
    FormatError, RangeError
        If they are not.
    """
    check_names(params, layout)
    for segment in layout.segments:
        check_segment(params[segment.name], segment)
    payload = b"".join(_encode(params[segment.name], segment) for segment in layout.segments)
    body = _HEADER.pack(MAGIC, layout.layout_id, image_id(payload), len(payload)) + payload
    return body + _TRAILER.pack(zlib.crc32(body))


def _refuse(what: str, got: object, allowed: object, next_step: str = "") -> FormatError:
    return FormatError(Problem(what, "weight image", str(got), str(allowed), next_step))


def read_image(layout: Layout, image: bytes) -> dict[str, NDArray[np.int64]]:
    """Inverse of `build_image`; believes nothing.

    Raises
    ------
    FormatError
        For another length, magic, layout, image id or CRC.
    RangeError
        For a value that its parameter cannot hold.
    """
    if len(image) < HEADER_BYTES + TRAILER_BYTES:
        raise _refuse("too short", f"{len(image)} bytes", f"{layout.image_bytes} bytes")
    magic, layout_id, named, size = _HEADER.unpack_from(image)
    if magic != MAGIC:
        raise _refuse("not a weight image", f"magic {magic:#010x}", f"{MAGIC:#010x}")
    if layout_id != layout.layout_id:
        next_step = "export the weights for this topology"
        raise _refuse("image of another layout", f"{layout_id:#010x}", f"{layout.layout_id:#010x}", next_step)
    if len(image) != layout.image_bytes or size != layout.payload_bytes:
        raise _refuse("wrong length", f"{len(image)} bytes, payload {size}", f"{layout.image_bytes} bytes")
    (crc,) = _TRAILER.unpack_from(image, len(image) - TRAILER_BYTES)
    if crc != zlib.crc32(image[:-TRAILER_BYTES]):
        raise _refuse("damaged", f"CRC {crc:#010x}", f"{zlib.crc32(image[:-TRAILER_BYTES]):#010x}")
    payload = image[HEADER_BYTES:-TRAILER_BYTES]
    if named != image_id(payload):
        raise _refuse("image id is not the payload's", f"{named:#010x}", f"{image_id(payload):#010x}")
    values = {segment.name: _decode(payload, segment) for segment in layout.segments}
    for segment in layout.segments:
        check_segment(values[segment.name], segment)
    return values


def describe_image(layout: Layout, image: bytes) -> dict[str, Any]:
    """Record of an image: ids, sizes in bytes, CRC, and a row for each parameter. Checks it first."""
    values = read_image(layout, image)
    _, layout_id, named, size = _HEADER.unpack_from(image)
    rows = [
        {
            "name": segment.name,
            "type": str(segment.type),
            "shape": list(segment.shape),
            "offset": segment.offset,
            "bytes": segment.bytes,
            "min": int(values[segment.name].min()),
            "max": int(values[segment.name].max()),
        }
        for segment in layout.segments
    ]
    return {
        "layout_id": f"{layout_id:08x}",
        "image_id": f"{named:08x}",
        "crc32": f"{zlib.crc32(image[:-TRAILER_BYTES]):08x}",
        "payload_bytes": size,
        "image_bytes": len(image),
        "sha256": hashlib.sha256(image).hexdigest(),
        "segments": rows,
    }
