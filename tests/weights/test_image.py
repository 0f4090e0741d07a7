from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.errors import FormatError, RangeError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.layout import layout_of
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers.weight_image import build_image, describe_image, image_id, read_image
from tests.ir.topologies import topologies
from tests.networks import random_parameters, topology

NETWORK = topology([("flatten", {}), ("dense", {"units": 3})], TensorType(unsigned(8), (1, 2, 2)), (4, 8))
LAYOUT = layout_of(NETWORK)
PARAMS = dict(random_parameters(NETWORK, 1).values)
IMAGE = build_image(LAYOUT, PARAMS)


def resealed(image: bytes) -> bytes:
    """With an image id and a CRC that fit again."""
    body = image[:8] + struct.pack("<I", image_id(image[16:-4])) + image[12:-4]
    return body + struct.pack("<I", zlib.crc32(body))


def changed(at: int, value: int) -> bytes:
    return IMAGE[:at] + bytes([value]) + IMAGE[at + 1 :]


@given(topologies(), st.integers(0, 99), st.booleans())
@settings(max_examples=40, deadline=None)
def test_images_round_trip(network: Topology, seed: int, extreme: bool) -> None:
    layout, params = layout_of(network), random_parameters(network, seed, extreme=extreme).values
    image = build_image(layout, params)
    assert len(image) == layout.image_bytes
    again = read_image(layout, image)
    assert list(again) == list(params)
    assert all(np.array_equal(again[name], params[name]) for name in params)
    assert build_image(layout, again) == image


def test_bytes_are_as_documented() -> None:
    magic, layout, image, size = struct.unpack_from("<4I", IMAGE)
    assert IMAGE[:4] == b"SFW1"
    assert (magic, layout, size) == (0x31574653, LAYOUT.layout_id, LAYOUT.payload_bytes)
    assert image == image_id(IMAGE[16:-4])
    weight = PARAMS["dense_1.weight"].reshape(-1)
    assert [byte - 256 * (byte > 127) for byte in IMAGE[16 : 16 + 12]] == weight.tolist()
    bias = int.from_bytes(IMAGE[28:30], "little", signed=True)
    assert LAYOUT.segments[1].type.bytes == 2
    assert bias == PARAMS["dense_1.bias"][0]


@pytest.mark.parametrize(
    ("image", "complaint"),
    [
        (b"", "too short"),
        (IMAGE[:-1], "wrong length"),
        (IMAGE + b"\0", "wrong length"),
        (resealed(changed(0, 0)), "not a weight image"),
        (resealed(changed(5, IMAGE[5] ^ 1)), "image of another layout"),
        (resealed(changed(12, IMAGE[12] ^ 1)), "wrong length"),
        (changed(9, IMAGE[9] ^ 1), "damaged"),
        (changed(20, IMAGE[20] ^ 1), "damaged"),
    ],
)
def test_broken_images_are_refused(image: bytes, complaint: str) -> None:
    with pytest.raises(FormatError, match=complaint):
        read_image(LAYOUT, image)


def test_a_wrong_image_id_is_refused() -> None:
    body = changed(9, IMAGE[9] ^ 1)[:-4]
    with pytest.raises(FormatError, match="image id is not"):
        read_image(LAYOUT, body + struct.pack("<I", zlib.crc32(body)))


def test_values_that_a_parameter_cannot_hold_are_refused() -> None:
    with pytest.raises(RangeError, match=r"dense_1\.weight: value out of range"):
        read_image(LAYOUT, resealed(changed(16, 100)))
    shift = LAYOUT.segments[2]
    assert shift.max < shift.type.max
    with pytest.raises(RangeError, match=r"dense_1\.shift: value out of range"):
        read_image(LAYOUT, resealed(changed(16 + shift.offset, shift.type.max)))


@given(st.integers(0, len(IMAGE) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(at: int, flip: int) -> None:
    with pytest.raises((FormatError, RangeError)):
        read_image(LAYOUT, changed(at, IMAGE[at] ^ flip))


def test_only_the_layouts_parameters_make_an_image() -> None:
    with pytest.raises(FormatError, match=r"dense_1\.bias: parameter is missing"):
        build_image(LAYOUT, {name: value for name, value in PARAMS.items() if name != "dense_1.bias"})
    with pytest.raises(FormatError, match="extra: no such parameter"):
        build_image(LAYOUT, {**PARAMS, "extra": np.zeros(1, np.int64)})
    with pytest.raises(FormatError, match="parameter of another kind"):
        build_image(LAYOUT, {**PARAMS, "dense_1.bias": np.zeros(4, np.int64)})
    with pytest.raises(RangeError, match="value out of range"):
        build_image(LAYOUT, {**PARAMS, "dense_1.shift": np.full(3, 200)})


def test_the_description_names_every_segment() -> None:
    record = describe_image(LAYOUT, IMAGE)
    assert record["image_bytes"] == len(IMAGE)
    assert record["layout_id"] == f"{LAYOUT.layout_id:08x}"
    assert [row["name"] for row in record["segments"]] == list(PARAMS)
    assert record["segments"][0]["max"] == int(PARAMS["dense_1.weight"].max())
