"""`specs/ulx3s.yaml`: the network of `kcu1500-w4a4.yaml` on another board."""

from __future__ import annotations

import pytest

from speckleforge.spec import load_spec

from .conftest import SPECS


@pytest.mark.parametrize("stage", ["data", "train", "train@2", "quantize", "evaluate", "gallery"])
def test_everything_but_the_hardware_is_shared(stage: str) -> None:
    here, there = (load_spec(SPECS / f"{name}.yaml") for name in ("ulx3s", "kcu1500-w4a4"))
    assert here.slice(stage) == there.slice(stage)


def test_it_asks_for_the_published_latency_on_the_large_ecp5() -> None:
    spec = load_spec(SPECS / "ulx3s.yaml")
    assert (spec.target.name, spec.toolchain) == ("ulx3s-85f", "ecp5")
    assert spec.values["gates"]["latency_us"] == {"at_most": 45.015}
    assert spec.topology.network_parameters == 64_660
