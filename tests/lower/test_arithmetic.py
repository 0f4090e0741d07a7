"""`hardware.arithmetic`: layers that have the choice keep to it, the others are left alone."""

from __future__ import annotations

import pytest

from speckleforge.fixed.types import unsigned
from speckleforge.ir.stream import stream_of
from speckleforge.ir.types import TensorType
from speckleforge.lower.stock import Stock
from tests.lower.networks import network

SMALL = network((2, 9, 8), [("conv2d", {"filters": 4, "kernel": 3}), ("flatten", {}), ("dense", {"units": 6})], bits=4)
SOURCE = stream_of(TensorType(unsigned(4), (2, 9, 8)), 4)
CONV, DENSE = SMALL.nodes[1].op, SMALL.nodes[3].op


def made(stock: Stock, op: object) -> set[str]:
    return {str(item.kernel.folding()["arithmetic"]) for item in stock.kernels(op, SOURCE)}  # type: ignore[arg-type]


@pytest.mark.parametrize("arithmetic", ["mul", "da", "dsp2"])
def test_a_convolution_keeps_to_it(arithmetic: str) -> None:
    assert made(Stock("ultrascale", 2, (arithmetic,)), CONV) == {arithmetic}


def test_a_layer_without_it_keeps_its_own() -> None:
    assert made(Stock("ultrascale", 2, ("da",)), DENSE) == made(Stock("ultrascale", 2), DENSE) == {"mul", "dsp2"}


def test_without_it_all_are_offered() -> None:
    assert made(Stock("ultrascale", 2), CONV) == {"mul", "da", "dsp2"}
    assert made(Stock("ecp5", 2), CONV) == {"mul", "da"}
