from __future__ import annotations

import jsonschema
import pytest

from speckleforge import layers
from speckleforge.errors import DesignError
from speckleforge.fixed.types import signed, unsigned
from speckleforge.ir.op import LayerContext
from speckleforge.ir.stream import Pads
from speckleforge.ir.types import TensorType
from speckleforge.layers import op_class
from tests.networks import KCU1500, kcu1500, topology

IMAGE = TensorType(unsigned(4), (2, 9, 12))
VECTOR = TensorType(signed(8), (50,))
CONTEXT = LayerContext(8, 8, False)


def op(kind: str, keys: dict, source: TensorType = IMAGE, context: LayerContext = CONTEXT):
    return op_class(kind).from_spec(keys, source, context)


def test_every_layer_has_its_facets() -> None:
    for kind in layers.kinds("op.py"):
        for facet in ("reference", "onnx"):
            assert layers.facet(kind, facet)
        assert kind in layers.kinds("emulator.h")


@pytest.mark.parametrize("kind", layers.kinds("op.py"))
def test_schemas_describe_every_key(kind: str) -> None:
    schema = op_class(kind).schema()
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["description"]
    assert schema["additionalProperties"] is False
    assert all("description" in value for value in schema["properties"].values())


def test_schemas_accept_the_published_network() -> None:
    for kind, keys in KCU1500:
        jsonschema.validate(keys, op_class(kind).schema())


def test_types_of_a_linear_layer() -> None:
    conv = op("conv2d", {"filters": 3, "kernel": 5})
    bound = 2 * 25 * 15 * 128
    assert (conv.weights, conv.out) == (signed(8), signed(8))
    assert conv.bias.max >= bound > signed(conv.bias.bits - 1).max
    assert conv.acc(IMAGE).max >= bound + conv.bias.magnitude
    assert conv.shift_max == conv.acc(IMAGE).bits - 1
    assert conv.network_parameters(IMAGE) == 3 * (50 + 1)
    assert [str(spec.type) for spec in conv.parameters(IMAGE)][:2] == ["s8", f"s{conv.bias.bits}"]


def test_a_bias_has_32_bits_at_most() -> None:
    wide = op("dense", {"units": 2}, TensorType(unsigned(16), (1 << 16,)), LayerContext(16, 16, False))
    assert wide.bias == signed(32)
    assert wide.acc(TensorType(unsigned(16), (1 << 16,))).bits <= 53


def test_a_rectified_layer_is_unsigned_and_passes_relu() -> None:
    conv = op("conv2d", {"filters": 3, "kernel": 3}, context=LayerContext(8, 6, True))
    assert conv.out == unsigned(6)
    out = conv.infer(IMAGE)
    assert op("relu", {}, out).infer(out) == out
    assert op("relu", {}, VECTOR).infer(VECTOR) == TensorType(unsigned(7), (50,))


@pytest.mark.parametrize(
    ("keys", "pads", "shape"),
    [
        ({"kernel": [3, 5]}, Pads(), (7, 8)),
        ({"kernel": [3, 5], "padding": "same"}, Pads(1, 2, 1, 2), (9, 12)),
        ({"kernel": 4, "padding": "same"}, Pads(1, 1, 2, 2), (9, 12)),
        ({"kernel": 3, "padding": "same", "stride": 2}, Pads(1, 0, 1, 1), (5, 6)),
        ({"kernel": 1, "padding": "same", "stride": 3}, Pads(), (3, 4)),
        ({"kernel": [9, 12]}, Pads(), (1, 1)),
    ],
)
def test_padding_and_shapes_of_conv2d(keys: dict, pads: Pads, shape: tuple[int, int]) -> None:
    conv = op("conv2d", {"filters": 1, **keys})
    assert conv.pads(IMAGE) == pads
    assert conv.infer(IMAGE).shape == (1, *shape)


def test_shapes_of_the_published_network() -> None:
    shapes = [node.out.shape for node in kcu1500()]
    assert (7, 61, 61) in shapes
    assert (7, 31, 31) in shapes
    assert (3, 27, 27) in shapes
    assert (3, 14, 14) in shapes
    assert (588,) in shapes
    assert shapes[-1] == (12,)


@pytest.mark.parametrize(
    ("kind", "keys", "source", "complaint"),
    [
        ("conv2d", {"filters": 1, "kernel": 10}, IMAGE, "kernel is larger"),
        ("conv2d", {"filters": 1, "kernel": 3}, VECTOR, "needs an image"),
        ("maxpool2d", {"size": [10, 2]}, IMAGE, "window is larger"),
        ("maxpool2d", {"size": 2}, VECTOR, "needs an image"),
        ("flatten", {}, VECTOR, "needs an image"),
        ("dense", {"units": 3}, IMAGE, "needs a vector"),
        ("head", {"prototypes": 3}, IMAGE, "needs a vector"),
        ("head", {"prototypes": 3}, TensorType(signed(14), (50,)), "too wide"),
        ("compand", {"rule": "sqrt", "bits": 4}, TensorType(signed(8), (1, 3, 3)), "unsigned words"),
        ("mask", {}, TensorType(signed(8), (1, 3, 3)), "unsigned words"),
        ("mask", {}, TensorType(unsigned(8), (9,)), "needs an image"),
        ("pedestal", {}, TensorType(signed(8), (1, 3, 3)), "unsigned words"),
        ("prelu", {}, TensorType(unsigned(8), (9,)), "needs a signed input"),
    ],
)
def test_what_does_not_fit_is_refused(kind: str, keys: dict, source: TensorType, complaint: str) -> None:
    with pytest.raises(DesignError, match=complaint):
        op(kind, keys, source).infer(source)


def test_thresholds_of_the_square_root() -> None:
    compand = op("compand", {"rule": "sqrt", "bits": 4}, TensorType(unsigned(8), (1, 3, 3)))
    assert compand.initial_thresholds(TensorType(unsigned(8), (1, 3, 3)))[:4] == [1, 1, 2, 4]
    # 3 bits of word cannot reach every level: what is out of reach stays at one above the largest word.
    assert compand.initial_thresholds(TensorType(unsigned(3), (1, 3, 3)))[-1] == 8


def test_unknown_layers_get_a_suggestion() -> None:
    with pytest.raises(DesignError, match="did you mean 'conv2d'"):
        op_class("conv2")


def test_types_of_a_prelu() -> None:
    prelu = op("prelu", {}, VECTOR, LayerContext(4, 8, False))
    assert [str(spec.type) for spec in prelu.parameters(VECTOR)] == ["s4", "u4"]
    assert prelu.product(VECTOR).max >= 128 * 8
    assert prelu.parameters(VECTOR)[1].max == prelu.product(VECTOR).bits - 1
    assert prelu.network_parameters(VECTOR) == 1


def test_pixel_parameters_have_the_shape_of_the_frame() -> None:
    frame = TensorType(unsigned(10), (1, 5, 7))
    assert [(s.shape, str(s.type)) for s in op("mask", {}, frame).parameters(frame)] == [((5, 7), "u1")]
    assert [(s.shape, str(s.type)) for s in op("pedestal", {}, frame).parameters(frame)] == [((5, 7), "u10")]


def test_structure_fields_are_json() -> None:
    network = topology([("conv2d", {"filters": 2, "kernel": [3, 5]})], IMAGE)
    assert network.nodes[1].op.structure() == {
        "filters": 2,
        "kernel": [3, 5],
        "stride": [1, 1],
        "padding": "valid",
    }
