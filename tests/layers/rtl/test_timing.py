"""What kernels say of their timing hangs together: intervals, candidates' FIFOs, the cost of a simulation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from speckleforge.errors import DesignError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.cycles import simulate
from speckleforge.ir.op import LayerContext
from speckleforge.ir.stream import stream_of
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet, op_class
from tests.layers.rtl.cases import (
    AVERAGES,
    BROKEN,
    CHAINS,
    CONVOLUTIONS,
    DENSE,
    DEPTHWISE,
    FUSED,
    OTHERS,
    TABLES,
    chain,
    conv,
    dense,
    pool,
)

EVERY = {c.name: c for c in [*CONVOLUTIONS, *FUSED, *TABLES, *DEPTHWISE, *OTHERS, *AVERAGES, *DENSE, *CHAINS, *BROKEN]}


@pytest.mark.parametrize("name", EVERY)
def test_interval_is_the_sum_of_busy_cycles(name: str) -> None:
    for kernel in EVERY[name].kernels:
        assert kernel.interval_cycles == kernel.timing.interval_cycles
        taken = sum(step.takes for step in kernel.timing.steps)
        emitted = sum(step.emits for step in kernel.timing.steps)
        assert (taken, emitted) == (kernel.source.words, kernel.sink.words)


@pytest.mark.parametrize("lanes", [1, 2, 4, 8])
def test_candidates_fifo_never_slows_a_kernel(lanes: int) -> None:
    tensor = TensorType(unsigned(4), (2, 12, 16))
    context = LayerContext(4, 4, True)
    convolution = op_class("conv2d").from_spec({"filters": 4, "kernel": 3}, tensor, context)
    vector = op_class("dense").from_spec({"units": 6}, TensorType(tensor.type, (tensor.size,)), context)
    pooling = op_class("maxpool2d").from_spec({"size": 2}, tensor, context)
    average = op_class("avgpool2d").from_spec({"size": 2}, tensor, context)
    layers = [("conv2d", convolution), ("dense", vector), ("maxpool2d", pooling), ("avgpool2d", average)]
    layers.append(("depthwise2d", op_class("depthwise2d").from_spec({"kernel": 3}, tensor, context)))
    for kind, op in layers:
        for kernel in facet(kind, "kernel").candidates(op, stream_of(tensor, lanes), 2, "ecp5"):
            assert simulate([kernel], 4).interval_cycles == kernel.interval_cycles, kernel


@pytest.mark.parametrize("lanes", [1, 2, 6])
@pytest.mark.parametrize("family", ["ecp5", "ultrascale"])
@pytest.mark.parametrize(("size", "ceil"), [([2, 2], True), ([2, 2], False), ([3, 2], True), ([1, 3], False)])
def test_a_pool_inside_gives_what_the_pool_behind_gives(lanes: int, family: str, size: list[int], ceil: bool) -> None:
    tensor, context = TensorType(unsigned(4), (2, 12, 17)), LayerContext(4, 4, True)
    op = op_class("conv2d").from_spec({"filters": 4, "kernel": 3}, tensor, context)
    after = op_class("maxpool2d").from_spec({"size": size, "ceil": ceil}, tensor, context)
    pooled = op.infer(tensor)
    fits = lanes == 1 or (lanes % size[1] == 0 and 2 % size[1] == 0)
    for kernel in facet("conv2d", "kernel").candidates(op, stream_of(tensor, lanes), 2, family):
        fused = facet("conv2d", "kernel").fuse(kernel, after)
        assert (fused is not None) == fits
        if fused is None:
            continue
        assert (fused.sink.channels, fused.sink.height, fused.sink.width) == after.infer(pooled).image
        assert fused.interval_cycles <= kernel.interval_cycles
        assert simulate([fused], 4).interval_cycles == fused.interval_cycles
        assert facet("conv2d", "kernel").fuse(fused, after) is None


def test_a_pool_that_overlaps_stays_behind() -> None:
    tensor, context = TensorType(unsigned(4), (1, 9, 9)), LayerContext(4, 4, True)
    op = op_class("conv2d").from_spec({"filters": 2, "kernel": 3}, tensor, context)
    after = op_class("maxpool2d").from_spec({"size": 3, "stride": 2}, tensor, context)
    kernel = next(facet("conv2d", "kernel").candidates(op, stream_of(tensor, 1), 2, "ecp5"))
    assert facet("conv2d", "kernel").fuse(kernel, after) is None
    assert facet("conv2d", "kernel").fuse(kernel, op) is None


@pytest.mark.parametrize("changes", [{"unroll_taps": 5}, {"group": 3}, {"arithmetic": "dsp2"}, {"arithmetic": "soft"}])
def test_tables_and_pairs_need_everything_at_once(changes: dict[str, Any]) -> None:
    table = next(c.kernels[0] for c in TABLES if c.name == "da_plain")
    with pytest.raises(DesignError, match="arithmetic"):
        replace(table, **changes)


def test_a_refill_makes_one_frame_late() -> None:
    network = next(c for c in TABLES if c.name == "da_two")
    first, second = network.kernels
    plain, late = simulate(network.kernels, 4), simulate(network.kernels, 4, (2,))
    words = second.sink.words
    gap = late.output_cycles[-1] - plain.output_cycles[-1]
    assert late.output_cycles[: 2 * words] == plain.output_cycles[: 2 * words]
    assert first.refill_cycles <= gap <= first.refill_cycles + second.refill_cycles


def test_published_network_takes_a_row_of_words_a_frame() -> None:
    layers = [conv(7, 5, 4, "u4", 7, 25), pool(2, ceil=True), conv(3, 5, 4, "u4", 3, 175), pool(2, ceil=True)]
    network = chain(
        "published", "u4 1c 1p 65w 65h 0o", *layers, dense(100, 4, "u4", 3, 100), dense(50, 4, "s4", 100, 50)
    )
    report = simulate(network.kernels, 3)
    assert report.interval_cycles == 65 * 65
    assert report.latency_cycles < 65 * 65 + 200


def test_a_fifo_below_one_step_is_refused() -> None:
    network = chain("stuck", "u4 1c 5p 13w 4h 4o", ("repack", None, 8, "u8", {"lanes": 2, "fifo": 1}))
    with pytest.raises(DesignError):
        simulate(network.kernels)
