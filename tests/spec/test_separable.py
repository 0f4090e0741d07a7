"""specs/separable.yaml: what depthwise layers take and give."""

from __future__ import annotations

from speckleforge.spec import load_spec, parse_spec

from .conftest import SPECS


def test_each_channel_has_one_kernel() -> None:
    topology = load_spec(SPECS / "separable.yaml").topology
    # Convolution 80, depthwise 80 and 160, pointwise 144 and 408, 2 * 72 of the batch norms, 1250 of the dense layer.
    assert (topology.network_parameters, topology.macs) == (2_266, 180_176)
    deep = [op.macs(source) for node, op, source in topology.steps() if node.kind == "depthwise2d"]
    assert deep == [17 * 17 * 8 * 9, 9 * 9 * 16 * 9], "rows, columns, channels, taps"
    assert str(topology.node("depthwise2d_1").out) == "u8[8,17,17]", "the relu is seen through the batch norm"


def test_a_depthwise_layer_may_have_its_own_bits() -> None:
    text = (SPECS / "separable.yaml").read_text(encoding="utf-8")
    old = "depthwise2d: {kernel: 3, stride: 2, padding: same}"
    text = text.replace(old, old[:-1] + ", precision: {weights: 5, activations: 6}}", 1)
    node = parse_spec(text.encode(), "s.yaml").topology.node("depthwise2d_1")
    assert (str(node.out), str(node.op.weights)) == ("u6[8,17,17]", "s5")  # type: ignore[union-attr]
