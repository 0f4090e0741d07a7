"""Every HLS kernel in C simulation equals the integer reference on every element, with either set of headers.

The table is that of the SystemVerilog kernels; random kernels beside it: thirty in the quick tier, five hundred with
`pytest -m slow tests/layers/hls`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.layers.hls.bench import HlsBench
from tests.layers.hls.vendor import vendor_headers
from tests.layers.rtl.random_cases import chains
from tests.layers.rtl.test_kernels import GROUPS

QUICK, SLOW, BUILD = 30, 500, 50


@pytest.mark.parametrize("group", GROUPS)
def test_kernels_of_the_table(group: str, tmp_path: Path) -> None:
    HlsBench(GROUPS[group], tmp_path).run()


@pytest.mark.parametrize("group", ["others", "dense", "chains"])
def test_kernels_with_the_vendors_integers(group: str, tmp_path: Path) -> None:
    HlsBench(GROUPS[group], tmp_path, "c++14", vendor_headers()).run()


def test_random_kernels(tmp_path: Path) -> None:
    HlsBench(list(chains(0, QUICK)), tmp_path).run()


@pytest.mark.slow
@pytest.mark.parametrize("group", ["convolutions", "fused", "tables", "depthwise", "averages"])
def test_further_kernels_with_the_vendors_integers(group: str, tmp_path: Path) -> None:
    HlsBench(GROUPS[group], tmp_path, "c++17", vendor_headers()).run()


@pytest.mark.slow
@pytest.mark.parametrize("first", range(QUICK, QUICK + SLOW, BUILD))
def test_many_random_kernels(first: int, tmp_path: Path) -> None:
    HlsBench(list(chains(first, BUILD)), tmp_path).run()
