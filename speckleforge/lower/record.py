"""The record `prediction.json`: the planner's view of the SystemVerilog, and apart from it that of the HLS sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speckleforge.ir.design import Design
from speckleforge.ir.topology import Topology
from speckleforge.lower.hls import hls_record
from speckleforge.lower.plan import lower_topology


def design_and_record(
    topology: Topology, hardware: Mapping[str, Any], target: Mapping[str, Any]
) -> tuple[Design, dict[str, Any]]:
    """A design and what is predicted of it; parameters and errors are those of `lower_topology`."""
    design, prediction = lower_topology(topology, hardware, target)
    return design, {**prediction.as_dict(), "hls": hls_record(design, target)}
