"""Cost formulas: counts of blocks, fits, and what they say about themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from speckleforge.errors import DesignError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.op import LayerContext
from speckleforge.ir.stream import stream_of
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet, kernel_class, kinds, op_class
from speckleforge.layers.blocks import Memory, MemoryCost, memory_cost, tree_bits
from speckleforge.layers.fitted import FITTED, Fit, layer_fit, load, predict

FAMILIES = ("ecp5", "ultrascale")
IMAGE = TensorType(unsigned(4), (1, 16, 16))


def conv2d(lanes: int, unroll_out: int, unroll_taps: int) -> Any:
    op = op_class("conv2d").from_spec({"filters": 4, "kernel": 3}, IMAGE, LayerContext(8, 8, True))
    build: Any = kernel_class("conv2d")
    return build(op, stream_of(IMAGE, lanes), unroll_out, unroll_taps, "mul", 1, (1, 1), False, 8)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_kernel_has_a_cost(family: str) -> None:
    assert kinds("kernel.py") == kinds("cost.py") == kinds("cost.json")
    for kind in kinds("cost.py"):
        assert set(layer_fit(kind, family).coefficients) == set(FITTED)
        assert all(value >= 0 for row in layer_fit(kind, family).coefficients.values() for value in row.values())


@pytest.mark.parametrize("family", FAMILIES)
def test_more_parallel_convolutions_cost_more(family: str) -> None:
    cost = facet("conv2d", "cost").cost
    small, large = cost(conv2d(1, 1, 3), family, 1), cost(conv2d(4, 4, 9), family, 1)
    assert small.dsp == 3
    assert large.dsp == 4 * 4 * 9
    assert small.lut < large.lut
    assert small.ff < large.ff


def test_a_second_bank_takes_memory_only() -> None:
    cost = facet("conv2d", "cost").cost
    one, two = cost(conv2d(1, 1, 1), "ecp5", 1), cost(conv2d(1, 1, 1), "ecp5", 2)
    assert two.lutram > one.lutram
    assert (two.ff, two.dsp) == (one.ff, one.dsp)


def test_memories_follow_the_primitives() -> None:
    # 16 words of 4 bits in 4 LUTs and 2 that their write port blocks; 33 words need three rows of them.
    assert memory_cost([Memory(1, 8, 33)], "ecp5") == (6 * 2 * 3, 0, 16, 0)
    assert memory_cost([Memory(2, 14, 32)], "ultrascale") == (16, 0, 0, 0)
    assert memory_cost([Memory(1, 8, 1)], "ecp5") == (0, 0, 0, 0)
    assert memory_cost([Memory(1, 8, 600)], "ecp5") == (0, 1, 0, 0)
    # 4900 words are three rows of 2048 where that takes fewer blocks than narrow ones.
    assert memory_cost([Memory(3, 8, 4900)], "ecp5") == (0, 9, 0, 3 * 8 * 2)
    assert memory_cost([Memory(2, 8, 600)], "ultrascale") == (0, 1, 0, 0)  # two halves
    # The tool finds a small memory cheaper in LUTs: 2 * 10 of price 4 and their multiplexers against a block.
    assert memory_cost([Memory(1, 8, 160)], "ecp5") == (6 * 2 * 10, 0, 72, 0)
    assert memory_cost([Memory(1, 8, 175)], "ecp5") == (0, 1, 0, 0)
    assert memory_cost([Memory(1, 200, 1000, -1)], "ecp5")[1] == 0


def test_tree_bits_count_every_adder() -> None:
    assert tree_bits(1, 8) == 0
    assert tree_bits(2, 8) == 9
    assert tree_bits(4, 8) == 2 * 9 + 10
    assert tree_bits(3, 8) == 9 + 10


def test_a_fit_without_runs_says_so(tmp_path: Path) -> None:
    entry = {
        "coefficients": {"logic": {"block": 5.0, "mux_bits": 0.5}, "ff": {"block": 2.0}},
        "error": None,
        "tool": "by hand",
    }
    path = tmp_path / "cost.json"
    path.write_text(json.dumps({"ecp5": entry}))
    fit = load(path, "ecp5")
    assert fit.stage == "unfitted"
    with pytest.raises(DesignError, match=r"fit_cost"):
        load(path, "ultrascale")
    found = predict(fit, {"logic": {"block": 2}, "ff": {"block": 3}}, MemoryCost(7, 2, 0), 1)
    assert found.as_dict() == {"lut": 17, "lutram": 7, "ff": 6, "dsp": 1, "bram": 2}


def test_a_term_without_coefficient_is_a_bug() -> None:
    with pytest.raises(KeyError):
        Fit({"logic": {}}, None, "by hand").count("logic", {"block": 1})


@pytest.mark.parametrize("kind", kinds("cost.json"))
@pytest.mark.parametrize("family", FAMILIES)
def test_recorded_errors_are_those_of_the_recorded_runs(kind: str, family: str) -> None:
    pytest.importorskip("numpy")
    runs = json.loads((Path(__file__).parents[2] / "benchmarks" / "cost_runs" / f"{kind}.json").read_text())[family]
    error = layer_fit(kind, family).error
    assert error is not None
    assert error["lut"]["runs"] == sum(run["obtained"] is not None for run in runs)
