"""A core with tables of weights and pools inside its convolutions: right under new weights, the gap as predicted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from speckleforge.ir.design import Design, Instance
from speckleforge.layers import facet
from speckleforge.tools.find import installed
from tests.emit.designs import small
from tests.verify.rtl_build import build_simulators, export
from tests.verify.test_stage import check_record, verify

pytestmark = [
    pytest.mark.tools,
    pytest.mark.slow,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
    pytest.mark.xdist_group("rtl"),
]


def fused(design: Design) -> Design:
    """The design with each max-pool inside the convolution before it, where that can have it."""
    instances: list[Instance] = []
    for item in design.instances:
        last = instances[-1] if instances else None
        if last and last.kernel.kind == "conv2d" and item.kernel.kind == "maxpool2d":
            kernel = facet("conv2d", "kernel").fuse(last.kernel, item.kernel.op)
            if kernel is not None:
                instances[-1] = Instance(last.name, kernel, item.boundary)
                continue
        instances.append(item)
    return replace(design, instances=tuple(instances))


DESIGN = fused(small(arithmetic="da"))


def test_new_weights_fill_tables_in_between_frames(tmp_path: Path) -> None:
    kernels = [item.kernel for item in DESIGN.instances]
    tables = [kernel for kernel in kernels if kernel.refill_cycles]
    assert any(kernel.folding()["pool"] != (1, 1) for kernel in tables)
    (tmp_path / "built").mkdir()
    (tmp_path / "verified").mkdir()
    simulators, inputs = build_simulators(DESIGN, tmp_path / "built"), export(DESIGN, tmp_path / "export")
    record = verify(inputs, simulators, tmp_path / "verified")
    check_record(record, DESIGN)
    cycles = record["cycles"]
    assert cycles["refill_cycles"] == cycles["predicted"]["refill_cycles"] > 0
