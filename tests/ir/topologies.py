"""Random whole networks for the tests of the IR."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import TensorType
from tests.networks import topology

pairs = st.lists(st.integers(1, 4), min_size=2, max_size=2)


@st.composite
def image_layers(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    kind = draw(st.sampled_from(["avgpool2d", "batchnorm", "conv2d", "depthwise2d", "maxpool2d", "prelu", "relu"]))
    if kind in ("conv2d", "depthwise2d"):
        padding = draw(st.sampled_from(["valid", "same"]))
        keys = {"kernel": draw(pairs), "stride": draw(pairs), "padding": padding}
        return kind, keys | ({"filters": draw(st.integers(1, 6))} if kind == "conv2d" else {})
    if kind == "avgpool2d" and draw(st.booleans()):
        return kind, {"size": "global"}
    if kind not in ("avgpool2d", "maxpool2d"):
        return kind, {}
    ceil = {"ceil": draw(st.booleans())} if kind == "maxpool2d" else {}
    return kind, {"size": draw(pairs), "stride": draw(pairs), **ceil}


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """A network from words to a head, whatever fits; layers that do not fit are left out."""
    steps = [(kind, {}) for kind in ("pedestal", "mask") if draw(st.booleans())]
    compand = [("compand", {"rule": "sqrt", "bits": draw(st.integers(1, 8))})] if draw(st.booleans()) else []
    body = draw(st.lists(image_layers(), max_size=5))
    units = draw(st.lists(st.integers(1, 20), min_size=1, max_size=3))
    tail: list[tuple[str, dict[str, Any]]] = [("flatten", {}), *(("dense", {"units": n}) for n in units)]
    head = [("head", {"prototypes": draw(st.integers(1, 9))})] if draw(st.booleans()) else []
    source = TensorType(unsigned(draw(st.integers(1, 16))), (1, draw(st.integers(4, 20)), draw(st.integers(4, 20))))
    bits = [(draw(st.integers(2, 16)), draw(st.integers(2, 8))) for _ in range(12 + len(units))]
    while True:
        try:
            return topology([*steps, *compand, *body, *tail, *head], source, bits)
        except DesignError:
            if body:
                body = body[:-1]
            else:
                head = []
