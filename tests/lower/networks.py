"""Topologies and boards for the tests of lowering."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.op import LayerContext
from speckleforge.ir.topology import Node, Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers import op_class

Layers = list[tuple[str, dict[str, Any]]]
COMMUTES = ("batchnorm", "maxpool2d")

KCU1500: dict[str, Any] = {
    "name": "kcu1500", "family": "ultrascale", "interface": "stream",
    "resources": {"lut": 663360, "ff": 1326720, "dsp": 5520, "bram": 2160, "lutram": 293760},
    "slr": {"count": 2, "lut": 331680, "ff": 663360, "dsp": 2760, "bram": 1080, "lutram": 146880},
    "links": {"pcie": {"payload_mbps": 63015.4}},
}  # fmt: skip
ULX3S: dict[str, Any] = {
    "name": "ulx3s-25f", "family": "ecp5", "interface": "uart",
    "resources": {"lut": 24288, "ff": 24288, "dsp": 28, "bram": 56, "lutram": 18216},
    "slr": None, "links": {"usb_serial": {"payload_mbps": 0.8}},
}  # fmt: skip

PUBLISHED: Layers = [
    ("conv2d", {"filters": 7, "kernel": 5}), ("relu", {}), ("maxpool2d", {"size": 2, "ceil": True}),
    ("conv2d", {"filters": 3, "kernel": 5}), ("relu", {}), ("maxpool2d", {"size": 2, "ceil": True}),
    ("flatten", {}), ("dense", {"units": 100}), ("relu", {}), ("dense", {"units": 50}), ("head", {"prototypes": 8}),
]  # fmt: skip
QUICKSTART: Layers = [
    ("compand", {"rule": "sqrt", "gain": 2, "bits": 4}),
    ("conv2d", {"filters": 4, "kernel": 3}), ("relu", {}), ("maxpool2d", {"size": 2}),
    ("conv2d", {"filters": 8, "kernel": 3}), ("relu", {}), ("maxpool2d", {"size": 2}),
    ("flatten", {}), ("dense", {"units": 16}), ("head", {"prototypes": 4}),
]  # fmt: skip


def network(shape: tuple[int, ...], layers: Layers, input_bits: int = 4, bits: int = 8) -> Topology:
    """A chain of layers; a relu behind a layer makes its output unsigned."""
    nodes = [Node("input", None, "", TensorType(unsigned(input_bits), shape))]
    counts: dict[str, int] = {}
    for index, (kind, keys) in enumerate(layers):
        following = [k for k, _ in layers[index + 1 :] if k not in COMMUTES]
        context = LayerContext(bits, bits, following[:1] == ["relu"])
        op = op_class(kind).from_spec(keys, nodes[-1].out, context)
        counts[kind] = counts.get(kind, 0) + 1
        nodes.append(Node(f"{kind}_{counts[kind]}", op, nodes[-1].name, op.infer(nodes[-1].out)))
    return Topology(tuple(nodes))


def hardware(**values: Any) -> dict[str, Any]:
    """The `hardware` slice."""
    return {"latency_us": None, "frame_rate_khz": None, "clock_khz": 100_000, "banks": 1, **values}


@st.composite
def networks(draw: st.DrawFn) -> Topology:
    """Small networks: up to three convolutions or pools of any stride and padding, dense layers, perhaps a head."""
    shape = (draw(st.integers(1, 3)), draw(st.integers(4, 14)), draw(st.integers(4, 14)))
    layers: Layers = []
    if draw(st.booleans()):
        layers.append(("compand", {"rule": "sqrt", "gain": 2, "bits": 3}))
    for _ in range(draw(st.integers(0, 3))):
        layers += draw(image_layers())
    layers.append(("flatten", {}))
    layers += [("dense", {"units": draw(st.integers(1, 12))}) for _ in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        layers.append(("relu", {}))
    if draw(st.booleans()):
        layers.append(("head", {"prototypes": draw(st.integers(1, 4))}))
    return _longest(shape, layers, draw(st.integers(1, 8)), draw(st.sampled_from((4, 6, 8))))


@st.composite
def image_layers(draw: st.DrawFn) -> Layers:
    """A convolution or a pool, perhaps with a relu."""
    if draw(st.integers(0, 3)) == 0:
        size = draw(st.sampled_from(("global", 1, 2, 3)))
        stride = {} if size == "global" else {"stride": draw(st.integers(1, 4))}
        return [("avgpool2d", {"size": size, **stride})]
    if draw(st.booleans()):
        pool = {"size": draw(st.integers(1, 3)), "stride": draw(st.integers(1, 3)), "ceil": draw(st.booleans())}
        return [("maxpool2d", pool)]
    kind = draw(st.sampled_from(("conv2d", "conv2d", "depthwise2d")))
    keys: dict[str, Any] = {
        **({"filters": draw(st.integers(1, 4))} if kind == "conv2d" else {}),
        "kernel": [draw(st.integers(1, 3)), draw(st.integers(1, 3))],
        "stride": [draw(st.integers(1, 2)), draw(st.integers(1, 3))],
        "padding": draw(st.sampled_from(("valid", "same"))),
    }
    behind: Layers = [(kind, {}) for kind in ("batchnorm", "relu") if draw(st.booleans())]
    return [(kind, keys), *behind]


def _longest(shape: tuple[int, ...], layers: Layers, input_bits: int, bits: int) -> Topology:
    """The network without the image layers that do not fit; ends with a dense layer if nothing is left."""
    kept: Layers = []
    for layer in layers:
        try:
            network(shape, [*kept, layer], input_bits, bits)
        except DesignError:
            continue
        kept.append(layer)
    if all(kind in ("flatten", "relu") for kind, _ in kept):
        kept.append(("dense", {"units": 2}))
    return network(shape, kept, input_bits, bits)
