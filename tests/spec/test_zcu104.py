"""`specs/zcu104.yaml`: the network of `kcu1500-w4a4.yaml` on an UltraScale+ board."""

from __future__ import annotations

import pytest

from speckleforge.spec import load_spec

from .conftest import SPECS


@pytest.mark.parametrize("stage", ["data", "train", "train@2", "quantize", "export", "evaluate", "gallery"])
def test_everything_but_the_hardware_is_shared(stage: str) -> None:
    here, there = (load_spec(SPECS / f"{name}.yaml") for name in ("zcu104", "kcu1500-w4a4"))
    assert here.slice(stage) == there.slice(stage)


def test_it_is_for_the_open_synthesis_of_another_family() -> None:
    spec = load_spec(SPECS / "zcu104.yaml")
    assert (spec.target.name, spec.target.family, spec.toolchain) == ("zcu104", "ultrascaleplus", "xilinx")
    assert spec.topology.network_parameters == 64_660
