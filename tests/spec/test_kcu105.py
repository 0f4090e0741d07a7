"""`specs/kcu105.yaml`: the network of `kcu1500-w4a4.yaml` on a board of its own."""

from __future__ import annotations

import pytest

from speckleforge.spec import load_spec

from .conftest import SPECS


@pytest.mark.parametrize("stage", ["data", "train", "train@2", "quantize", "evaluate", "gallery"])
def test_everything_but_the_hardware_is_shared(stage: str) -> None:
    here, there = (load_spec(SPECS / f"{name}.yaml") for name in ("kcu105", "kcu1500-w4a4"))
    assert here.slice(stage) == there.slice(stage)


def test_it_is_for_a_board_with_pins_that_vivado_makes_a_bitstream_of() -> None:
    spec = load_spec(SPECS / "kcu105.yaml")
    assert (spec.target.name, spec.toolchain, spec.vendor, spec.has_pins) == ("kcu105-uart", "xilinx", True, True)
    assert spec.values["gates"]["latency_us"] == {"at_most": 10}
    assert spec.topology.network_parameters == 64_660
    assert not load_spec(SPECS / "kcu1500.yaml").has_pins
