"""Lowering as one call: topology, hardware and target in; a verified design and its prediction out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speckleforge.ir.core import simulate_core
from speckleforge.ir.design import Design
from speckleforge.ir.topology import Topology
from speckleforge.lower.adapt import InsertAdapters
from speckleforge.lower.draft import Draft, Pass
from speckleforge.lower.fifos import SizeFifos
from speckleforge.lower.fold import ChooseFolds
from speckleforge.lower.group import GroupNodes
from speckleforge.lower.pipeline import run_passes
from speckleforge.lower.predict import predict_design
from speckleforge.lower.prediction import Prediction
from speckleforge.lower.request import read_board, read_hardware
from speckleforge.lower.verify import Verify

LOWERING: tuple[Pass, ...] = (GroupNodes(), ChooseFolds(), InsertAdapters(), SizeFifos(), Verify())


def lower_topology(
    topology: Topology, hardware: Mapping[str, Any], target: Mapping[str, Any]
) -> tuple[Design, Prediction]:
    """The cheapest design that meets the targets on the board, and what it is expected to do.

    Parameters
    ----------
    topology
        What to build.
    hardware
        `latency_us`, `frame_rate_khz` (each may be None), `clock_khz`, `banks`.
    target
        `name`, `family`, `interface`, `resources`, and where known `slr` and `links`.

    Raises
    ------
    DesignError
        If no folding meets the target on the board: says what limits it and what is the nearest that fits; or if a pass
        failed, which one.
    """
    draft = Draft(topology, read_hardware(hardware), read_board(target))
    draft = run_passes(draft, LOWERING)
    design = draft.design()
    cycles = draft.cycles or simulate_core([item.kernel for item in design.instances], interface=draft.board.interface)
    return design, predict_design(design, cycles, draft.board, draft.hardware)
