"""avgpool2d: element by element, ties, forms of its hardware, its rule to quantise, what is refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.errors import DesignError, RangeError
from speckleforge.fixed.types import signed, unsigned
from speckleforge.ir.cycles import simulate
from speckleforge.ir.op import LayerContext
from speckleforge.ir.stream import StreamType, stream_of
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet, op_class
from speckleforge.layers.execute import run_topology
from speckleforge.layers.parameters import conform
from tests.layers.executions import any_case, check_all, check_onnx
from tests.networks import random_parameters, random_tensors, random_words, topology

IMAGE = TensorType(unsigned(8), (3, 9, 12))


def pooling(keys: dict[str, Any], source: TensorType = IMAGE, own: int = 0) -> Any:
    return op_class("avgpool2d").from_spec(keys, source, LayerContext(8, 8, False, own))


@pytest.mark.parametrize("seed", range(300, 312))
def test_every_element_is_the_rounded_sum(seed: int) -> None:
    network = any_case("avgpool2d", seed)
    params = random_parameters(network, seed)
    values = run_topology(network, random_words(network, 1, seed), params.values)
    node, op, _ = next(step for step in network.steps() if step[0].kind == "avgpool2d")
    x, y, shift = values[node.source][0], values[node.name][0], int(params.values[f"{node.name}.shift"][0])
    for c, r, k in product(*map(range, y.shape)):
        top, left = r * op.stride[0], k * op.stride[1]
        total = sum(int(v) for v in x[c, top : top + op.size[0], left : left + op.size[1]].reshape(-1))
        assert y[c, r, k] == min(max(round(Fraction(total, 1 << shift)), op.out.min), op.out.max)


@pytest.mark.parametrize(("size", "bits"), [((9, 9), 8), ((3, 3), 8), ((4, 4), 4), ((2, 2), 8), ((9, 9), 16)])
def test_halves_go_to_even_in_every_execution(size: tuple[int, int], bits: int, tmp_path: Path) -> None:
    """A tie for every level of the output, which an engine that scales by anything but a power of two would miss."""
    network = topology([("avgpool2d", {"size": list(size)})], TensorType(unsigned(bits), (1, *size)))
    shift = network.nodes[1].op.divisor_bits  # type: ignore[union-attr]
    tensors = random_tensors(network)
    tensors |= {"avgpool2d_0.shift": np.array([shift]), "avgpool2d_0.frac": tensors["input.frac"]}
    params, count = conform(network, tensors), size[0] * size[1]
    levels = range(min(count * unsigned(bits).max >> shift, 400))
    words = np.zeros((len(levels), count), np.int64)
    for row, level in zip(words, levels, strict=True):
        total = (2 * level + 1) << (shift - 1)
        row[:] = total // count
        row[: total % count] += 1
    reference = run_topology(network, words.reshape(-1, 1, *size), params.values)
    assert (reference["avgpool2d_0"].reshape(-1) == [level + level % 2 for level in levels]).all()
    check_onnx(network, params, words.reshape(-1, 1, *size), reference)
    check_all(network, 0, tmp_path)


def test_sums_beyond_float32_are_exact(tmp_path: Path) -> None:
    network = topology([("avgpool2d", {"size": "global"})], TensorType(unsigned(16), (2, 19, 15)))
    assert 19 * 15 * 65535 > 1 << 24
    check_all(network, 3, tmp_path, extreme=True)


@given(seed=st.integers(0, 1 << 20), bits=st.integers(4, 8), frac_in=st.integers(-4, 12))
@settings(max_examples=40, deadline=None)
def test_the_chosen_frac_errs_least(seed: int, bits: int, frac_in: int) -> None:
    op = pooling({"size": 3}, own=bits)
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 256, (4, *IMAGE.shape)) >> rng.integers(0, 8)
    torch = pytest.importorskip("torch")
    module = facet("avgpool2d", "torch").build(op.structure(), IMAGE.shape)
    wanted = module(torch.from_numpy(np.ldexp(x.astype(np.float64), -frac_in))).numpy()
    run, quantise = facet("avgpool2d", "reference").run, facet("avgpool2d", "quantise").quantise

    def error(shift: int) -> float:
        y = run(op, IMAGE, x, {"shift": np.array([shift])})
        return float(((np.ldexp(y.astype(np.float64), shift - op.divisor_bits - frac_in) - wanted) ** 2).mean())

    values, frac = quantise(op, IMAGE, {}, frac_in, wanted)
    shift = int(values["shift"][0])
    assert shift == op.divisor_bits + frac_in - frac
    assert 0 <= shift <= op.shift_max
    assert error(shift) <= min(error(other) for other in range(op.shift_max + 1)) + 1e-12


def test_nothing_but_zeros_keeps_the_frac() -> None:
    quantise = facet("avgpool2d", "quantise").quantise
    for frac_in in (-60, 0, 60):
        values, frac = quantise(pooling({"size": 2}), IMAGE, {}, frac_in, np.zeros((2, 3, 4, 6)))
        assert (int(values["shift"][0]), frac) == (2, frac_in)


def test_a_shift_that_is_not_the_fracs_difference_is_refused() -> None:
    network = topology([("avgpool2d", {"size": 2})], IMAGE)
    tensors = random_tensors(network, 1)
    tensors["avgpool2d_0.frac"] += 1
    with pytest.raises(RangeError, match=r"avgpool2d_0.shift\[0\]: shift is not the fracs' difference"):
        conform(network, tensors)


@pytest.mark.parametrize(
    ("keys", "own", "shape", "out"),
    [
        ({"size": "global"}, 0, (3, 1, 1), unsigned(8)),
        ({"size": 2}, 0, (3, 4, 6), unsigned(8)),
        ({"size": [3, 4], "stride": [2, 5]}, 12, (3, 4, 2), unsigned(12)),
    ],
)
def test_shapes_and_types(keys: dict, own: int, shape: tuple[int, ...], out: object) -> None:
    op = pooling(keys, own=own)
    assert op.infer(IMAGE) == TensorType(out, shape)
    assert op.acc(IMAGE).max >= op.size[0] * op.size[1] * 255 > signed(op.acc(IMAGE).bits - 1).max
    assert op.network_parameters(IMAGE) == op.macs(IMAGE) == 0


def test_a_window_over_the_whole_image_takes_no_stride() -> None:
    with pytest.raises(DesignError, match="leave stride out"):
        pooling({"size": "global", "stride": 2})
    with pytest.raises(DesignError, match="window is larger"):
        pooling({"size": [10, 2]}).infer(IMAGE)


def test_windows_that_do_not_overlap_need_no_line_buffer() -> None:
    memories, cls = facet("avgpool2d", "cost").memories, facet("avgpool2d", "kernel").KERNEL
    large = TensorType(unsigned(8), (2, 64, 64))

    def bits(keys: dict, lanes: int = 1) -> int:
        kernel = cls(pooling(keys, large), stream_of(large, lanes), 1, 1)
        return sum(m.number * m.width * m.depth for m in memories(kernel, 1) if m.depth > 1)

    row = 2 * 64 * 8
    assert bits({"size": "global"}) == bits({"size": "global"}, 8) == 0
    assert bits({"size": 4}) < row
    assert bits({"size": 4, "stride": 2}) >= 3 * row


@pytest.mark.parametrize("lanes", [1, 6, 11, 16, 22])
@pytest.mark.parametrize(("size", "offset"), [("global", 0), ("global", 5), (2, 0)])
def test_it_keeps_up_with_a_word_a_cycle(lanes: int, size: Any, offset: int) -> None:
    """The widest folding never holds a word back, whatever the lanes; a narrow one of a whole image only at its end."""
    tensor = TensorType(unsigned(4), (8, 33, 66))
    source = StreamType(unsigned(4), 8, lanes, 66, 33, min(offset, lanes - 1))
    try:
        widest, *narrower = facet("avgpool2d", "kernel").candidates(pooling({"size": size}, tensor), source, 2, "ecp5")
    except DesignError:
        assert size == 2
        assert lanes % 2
        assert lanes > 1
        return
    assert simulate([widest], 4).interval_cycles == widest.interval_cycles == source.words
    assert widest.unroll == 8 * widest.sink.lanes
    if size == "global":
        for kernel in narrower:
            assert simulate([kernel], 4).interval_cycles == source.words + -(-8 // kernel.unroll) - 1


@given(seed=st.integers(0, 1 << 20))
@settings(max_examples=60, deadline=None)
def test_kernels_take_and_give_whole_frames(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns, lanes = (int(n) for n in rng.integers(1, 13, 3))
    source = StreamType(unsigned(4), int(rng.integers(1, 4)), lanes, columns, rows, int(rng.integers(lanes)))
    size = [int(rng.integers(1, n + 1)) for n in (rows, columns)]
    tensor = TensorType(source.element, (source.channels, rows, columns))
    op = pooling({"size": size, "stride": [int(n) for n in rng.integers(1, 7, 2)]}, tensor)
    try:
        kernels = list(facet("avgpool2d", "kernel").candidates(op, source, 1, "ecp5"))
    except DesignError:
        assert lanes > 1  # one lane always fits
        return
    for kernel in kernels:
        steps = kernel.timing.steps
        assert sum(step.takes for step in steps) == source.words
        assert sum(step.emits for step in steps) == kernel.sink.words
        assert (kernel.sink.channels, kernel.sink.height, kernel.sink.width) == op.infer(tensor).shape
        assert simulate([kernel], 4).interval_cycles == kernel.interval_cycles
